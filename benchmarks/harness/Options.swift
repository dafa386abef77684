// The command line: which suites, how long, how often. Errors are data; Program words them.
// Options may stand in any order and the last one counts, so that --seconds after --smoke makes a
// longer smoke. Words without a dash are suites.

/// A command line that cannot be carried out.
struct UsageError: Error {
  let text: String
}

/// What the command line asks for.
struct Options {
  static let usage = """
    usage: swift run -c release harness [SUITE…] [--smoke] [--seconds n] [--rounds n]
             [--events n] [--tokens n] [--directory DIR] [--json FILE] [--list]
      --smoke       tiny sizes, checks only: the figures mean nothing
      --seconds n   time of one side in one round (0.3)
      --rounds n    interleaved rounds (5)
      --events n    size of the log that is replayed (1000000)
      --tokens n    size of the ledger that is queried (100000)
      --directory   where data is written: a real disk (/tmp)
      --json FILE   writes all figures there as well
      --list        the suites and their questions
    """

  var suites: [String] = []
  var isSmoke = false
  var isList = false
  var isHelp = false
  var seconds = 0.3
  var rounds = 5
  var eventCount = 1_000_000
  var tokenCount = 100_000
  var directory = "/tmp"
  var jsonPath: String?

  init(_ arguments: some Sequence<String>) throws(UsageError) {
    var rest = Array(arguments)[...]
    while let word = rest.popFirst() {
      switch word {
      case "--smoke": becomeSmoke()
      case "--list": isList = true
      case "--help", "-h": isHelp = true
      case "--seconds": seconds = try Self.number(&rest, word, in: 0.001...600)
      case "--rounds": rounds = Int(try Self.number(&rest, word, in: 1...1000))
      case "--events": eventCount = Int(try Self.number(&rest, word, in: 1000...100_000_000))
      case "--tokens": tokenCount = Int(try Self.number(&rest, word, in: 1000...10_000_000))
      case "--directory": directory = try Self.value(&rest, word)
      case "--json": jsonPath = try Self.value(&rest, word)
      case let name where !name.hasPrefix("-"): suites.append(name)
      default: throw UsageError(text: "no option \(word)")
      }
    }
  }

  /// The suites named, or all of them.
  func selectedSuites() throws(UsageError) -> [Suite] {
    guard !suites.isEmpty else { return Suite.all }
    var selected: [Suite] = []
    for name in suites {
      guard let suite = Suite.all.first(where: { $0.name == name })
      else { throw UsageError(text: "no suite \(name); --list shows them") }
      selected.append(suite)
    }
    return selected
  }

  private mutating func becomeSmoke() {
    isSmoke = true
    seconds = 0.01
    rounds = 2
    eventCount = 5_000
    tokenCount = 2_000
  }

  private static func value(
    _ rest: inout ArraySlice<String>, _ option: String
  ) throws(UsageError) -> String {
    guard let value = rest.popFirst() else { throw UsageError(text: "\(option) lacks its value") }
    return value
  }

  private static func number(
    _ rest: inout ArraySlice<String>, _ option: String, in range: ClosedRange<Double>
  ) throws(UsageError) -> Double {
    let text = try value(&rest, option)
    guard let number = Double(text), range.contains(number)
    else { throw UsageError(text: "\(option) \(text): not in \(range)") }
    return number
  }
}
