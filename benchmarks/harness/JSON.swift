// The JSON file of a run. Written by hand: the harness links no Foundation, so that what it
// measures in process has the same libraries as the daemon. Numbers that are not finite become
// null, and the members keep the order in which they stand here, so that two baselines can be
// compared by diff.

/// A JSON value with its members in order.
indirect enum JSON {
  case text(String)
  case number(Double)
  case list([JSON])
  case object([(String, JSON)])

  var text: String {
    switch self {
    case .text(let text): return Self.quoted(text)
    case .number(let number): return number.isFinite ? "\(number)" : "null"
    case .list(let items): return "[" + items.map(\.text).joined(separator: ",\n ") + "]"
    case .object(let members):
      return "{"
        + members.map { "\(Self.quoted($0.0)): \($0.1.text)" }.joined(separator: ",\n ") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// Everything that a run found.
struct SessionReport {
  let options: Options
  let machine: Machine
  let suites: [SuiteResult]

  var json: JSON {
    .object([
      ("machine", machineObject), ("seed", .text("0x" + String(Random.fixedSeed, radix: 16))),
      ("smoke", .number(options.isSmoke ? 1 : 0)), ("secondsPerSlice", .number(options.seconds)),
      ("rounds", .number(Double(options.rounds))), ("suites", .list(suites.map(\.json))),
    ])
  }

  private var machineObject: JSON {
    .object([
      ("processor", .text(machine.processor)), ("cores", .number(Double(machine.coreCount))),
      ("kernel", .text(machine.kernel)), ("swift", .text(machine.swiftVersion)),
      ("fileSystem", .text(machine.fileSystem)),
    ])
  }
}

extension SuiteResult {
  fileprivate var json: JSON {
    .object([
      ("name", .text(name)), ("question", .text(question)), ("hash", .text(hash.text)),
      ("contests", .list(contests.map(\.json))), ("figures", .list(figures.map(\.json))),
      ("skips", .list(skips.map(JSON.text))),
    ])
  }
}

extension Contest {
  fileprivate var json: JSON {
    .object([
      ("name", .text(name)), ("target", target.map(JSON.number) ?? .number(.nan)),
      ("sides", .list((subjects + rivals).map(\.json))), ("ratios", .list(ratios.map(\.json))),
    ])
  }
}

extension SideResult {
  fileprivate var json: JSON {
    .object([
      ("name", .text(name)), ("ratePerSecond", .number(rates.median)),
      ("rates", .list(rates.map(JSON.number))),
      ("processorNanoseconds", .number(processorTimes.median)),
      ("p50Nanoseconds", .number(latencies.nanoseconds(at: 0.5))),
      ("p99Nanoseconds", .number(latencies.nanoseconds(at: 0.99))),
      ("maxNanoseconds", .number(latencies.maximumNanoseconds)),
    ])
  }
}

extension Ratio {
  fileprivate var json: JSON {
    .object([
      ("subject", .text(subject)), ("rival", .text(rival)), ("median", .number(rounds.median)),
      ("minimum", .number(rounds.min() ?? .nan)), ("maximum", .number(rounds.max() ?? .nan)),
      ("processorMedian", .number(processorRounds.median)),
    ])
  }
}

extension Figure {
  fileprivate var json: JSON {
    .object([
      ("name", .text(name)), ("value", .number(value)), ("unit", .text(unit)),
      ("limit", limit.map(JSON.number) ?? .number(.nan)),
    ])
  }
}
