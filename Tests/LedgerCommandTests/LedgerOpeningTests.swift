import Foundation
import LedgerStore
import Testing

@testable import LedgerCommand

@Suite struct LedgerOpeningTests {
  @Test func `without a daemon the directory itself is opened`() throws {
    try withTemporaryDirectory { directory throws in
      _ = try LedgerStore.open(directory)
      #expect(try !LedgerOpening.open(.nearby(directory: directory), for: .reading).isDaemon)
    }
  }

  @Test func `a socket that a dead daemon left is no daemon`() throws {
    try withTemporaryDirectory { directory throws in
      _ = try LedgerStore.open(directory)
      try Data().write(to: URL(fileURLWithPath: LedgerOpening.socketPath(in: directory)))
      #expect(try !LedgerOpening.open(.nearby(directory: directory), for: .reading).isDaemon)
      let path = LedgerOpening.socketPath(in: directory)
      #expect {
        _ = try LedgerOpening.open(.socket(path), for: .reading)
      } throws: { ($0 as? EndpointError)?.exitCode == .notReachable }
    }
  }

  @Test func `a path that no socket can have is not reachable`() {
    let path = "/" + String(repeating: "x", count: 200)
    #expect {
      _ = try LedgerOpening.open(.socket(path), for: .reading)
    } throws: { ($0 as? EndpointError)?.exitCode == .notReachable }
  }
}
