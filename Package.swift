// swift-tools-version: 6.2
// The rooms of the house, ground first. What each may import is the point of this file:
// `tools/tidy` checks that the lists below and the `import` lines agree.
// No package dependency, ever: the toolchain only.

import PackageDescription

/// Every target is held to the same rules.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Sources must say `unsafe` where memory safety rests on an argument.
///
/// `Lifetimes` gives our own non-escapable types (a cursor over a span).
let source: [SwiftSetting] =
  strict + [.strictMemorySafety(), .enableExperimentalFeature("Lifetimes")]

/// Tests may also see the lifetimes of what they test.
let test: [SwiftSetting] = strict + [.enableExperimentalFeature("Lifetimes")]

let package = Package(
  name: "tokenledger",
  products: [
    .executable(name: "tokenledgerd", targets: ["tokenledgerd"]),
    .executable(name: "tokenledger-refresher", targets: ["tokenledger-refresher"]),
    .executable(name: "tokenledger", targets: ["LedgerCommand"]),
    .executable(name: "fake-sso", targets: ["fake-sso"]),
    .library(name: "TokenLedger", targets: ["TokenLedger", "LedgerStore"]),
    .library(name: "LedgerClient", targets: ["LedgerClient"]),
  ],
  targets: [
    // Ground: no module of ours above it.
    .target(name: "CIntrinsics"),
    .target(name: "CLinux"),
    .target(name: "Bytes", dependencies: ["CIntrinsics"], swiftSettings: source),
    .target(
      name: "CryptoPrimitives", dependencies: ["Bytes", "CIntrinsics"], swiftSettings: source),
    .target(name: "LinuxIO", dependencies: ["CLinux"], swiftSettings: source),

    // Parts: pure, or one concern.
    .target(name: "TokenLedger", dependencies: ["Bytes"], swiftSettings: source),
    .target(
      name: "EventLog", dependencies: ["Bytes", "CryptoPrimitives", "LinuxIO"],
      swiftSettings: source),
    .target(name: "RESP", dependencies: ["Bytes"], swiftSettings: source),
    .target(name: "HTTP", swiftSettings: source),
    .target(name: "SSO", dependencies: ["CryptoPrimitives", "HTTP"], swiftSettings: source),

    // Joint: the ledger on disk.
    .target(
      name: "LedgerStore",
      dependencies: ["Bytes", "CryptoPrimitives", "EventLog", "LinuxIO", "TokenLedger"],
      swiftSettings: source),

    // Services.
    .target(
      name: "LedgerServer",
      dependencies: [
        "Bytes", "CryptoPrimitives", "EventLog", "LedgerStore", "LinuxIO", "RESP", "TokenLedger",
      ],
      swiftSettings: source),
    .target(
      name: "LedgerClient", dependencies: ["Bytes", "LinuxIO", "RESP"], swiftSettings: source),

    // Programs.
    .executableTarget(
      name: "tokenledgerd",
      dependencies: ["EventLog", "LedgerServer", "LedgerStore", "LinuxIO", "TokenLedger"],
      swiftSettings: source),
    .executableTarget(
      name: "tokenledger-refresher",
      dependencies: ["HTTP", "LedgerClient", "LinuxIO", "SSO", "TokenLedger"],
      swiftSettings: source),
    .executableTarget(
      name: "LedgerCommand",
      dependencies: [
        "Bytes", "CryptoPrimitives", "EventLog", "LedgerClient", "LedgerServer", "LedgerStore",
        "LinuxIO", "RESP", "TokenLedger",
      ],
      path: "tools/tokenledger", swiftSettings: source),
    .executableTarget(
      name: "crash-test",
      dependencies: [
        "CLinux", "CryptoPrimitives", "LedgerClient", "LinuxIO", "RESP", "TestSupport",
      ],
      path: "tools/crash-test", swiftSettings: source),
    .executableTarget(
      name: "fake-sso", dependencies: ["CryptoPrimitives", "LinuxIO"], path: "tools/fake-sso",
      swiftSettings: source),
    .executableTarget(name: "tidy", path: "tools/tidy", swiftSettings: source),
    .executableTarget(name: "command-table", path: "tools/command-table", swiftSettings: source),
    .executableTarget(
      name: "harness",
      dependencies: [
        "Bytes", "CLinux", "CryptoPrimitives", "EventLog", "LedgerClient", "LedgerServer",
        "LedgerStore", "LinuxIO", "RESP", "TokenLedger",
      ],
      path: "benchmarks", exclude: ["README.md", "baselines"], sources: ["harness", "suites"],
      swiftSettings: source),

    // Tests.
    .target(
      name: "TestSupport",
      dependencies: ["Bytes", "CryptoPrimitives", "EventLog", "LinuxIO", "TokenLedger"],
      path: "Tests/TestSupport", swiftSettings: test),
    tests("Bytes"),
    tests("CryptoPrimitives", ["Bytes"]),
    tests("LinuxIO"),
    tests("TokenLedger", ["Bytes"]),
    tests("EventLog", ["Bytes", "CryptoPrimitives", "LinuxIO"]),
    tests("RESP", ["Bytes"]),
    tests("HTTP"),
    tests("SSO", ["HTTP"]),
    tests("LedgerStore", ["Bytes", "CryptoPrimitives", "EventLog", "LinuxIO", "TokenLedger"]),
    tests(
      "LedgerServer",
      [
        "Bytes", "CryptoPrimitives", "EventLog", "LedgerClient", "LedgerStore", "LinuxIO", "RESP",
        "TokenLedger",
      ]),
    tests("LedgerClient", ["Bytes", "LinuxIO", "RESP"]),
    tests(
      "LedgerCommand",
      ["EventLog", "LedgerServer", "LedgerStore", "LinuxIO", "RESP", "TokenLedger"]),
    tests("tokenledgerd", ["LedgerServer", "LedgerStore", "LinuxIO", "TokenLedger"]),
    tests(
      "tokenledger-refresher",
      [
        "EventLog", "HTTP", "LedgerClient", "LedgerServer", "LedgerStore", "LinuxIO", "RESP", "SSO",
        "TokenLedger",
      ]),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "Bytes", "CryptoPrimitives", "EventLog", "LedgerServer", "LedgerStore", "LinuxIO", "RESP",
        "TestSupport", "TokenLedger",
      ],
      swiftSettings: test),
    .testTarget(
      name: "FakeSSOTests", dependencies: ["CryptoPrimitives", "HTTP", "LinuxIO", "fake-sso"],
      swiftSettings: test),
    .testTarget(name: "TidyTests", dependencies: ["tidy"], swiftSettings: test),
  ]
)

// Fuzzing, on request only: `tools/fuzz/run` sets the variable. A plain build knows nothing of it.
if Context.environment["TOKENLEDGER_FUZZ"] != nil {
  package.products = []
  package.targets = package.targets.filter { $0.type != .test }.map(asLibrary)
  package.targets += [
    .target(name: "CFuzzer", path: "tools/fuzz/driver"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "Bytes", "CFuzzer", "EventLog", "LedgerCommand", "LinuxIO", "RESP", "TestSupport",
        "TokenLedger", "tokenledgerd",
      ],
      path: "tools/fuzz", exclude: ["driver", "run", "seeds"], swiftSettings: source),
  ]
}

/// The programs whose parsers are fuzzed, as libraries that can be linked into the fuzzer: their
/// `main` gets another name, as SwiftPM gives it in an executable.
func asLibrary(_ target: Target) -> Target {
  guard ["LedgerCommand", "tokenledgerd"].contains(target.name) else { return target }
  let entry = ["-Xfrontend", "-entry-point-function-name", "-Xfrontend", target.name + "_main"]
  return .target(
    name: target.name, dependencies: target.dependencies, path: target.path,
    swiftSettings: source + [.unsafeFlags(entry)])
}

/// A test target named after the module it tests, with the modules it builds its cases from.
func tests(_ module: String, _ others: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: module + "Tests", dependencies: [.init(stringLiteral: module), "TestSupport"] + others,
    swiftSettings: test)
}
