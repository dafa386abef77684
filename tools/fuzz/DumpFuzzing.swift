// Arbitrary bytes as a dumpdata file: it is no list, or each of its records is good or named as bad
// with a reason; from each good one a request can be made. No fault repeats a value.
//
//     input: the file

import Foundation

@testable import LedgerCommand

/// The fuzzing of the import file.
enum DumpFuzzing {
  /// Tries one input.
  static func run(_ input: [UInt8]) {
    guard let dump = try? Dump(Data(input)) else { return }
    for token in dump.tokens {
      precondition(token.id > 0, "an id that no token has")
      precondition(token.scopes == token.scopes.sorted(), "scopes out of order")
      _ = token.creation
    }
    for record in dump.bad { precondition(!record.faults.isEmpty, "bad without a fault") }
    precondition(Set(dump.tokens.map(\.id)).count == dump.tokens.count, "an id twice")
  }
}
