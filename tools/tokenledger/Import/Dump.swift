// A dumpdata file as a whole: its rows read, its records held against each other. What comes out is
// either right in itself, or named as bad; the ledger has not been asked yet.
// Memory: the tokens of the file, each once; names of scopes are shared.

import Foundation
import TokenLedger

/// A token of the file with nothing wrong in it.
struct DumpedToken: Sendable {
  /// The row.
  let row: DumpToken
  /// The names of its scopes, ascending by code points, each once.
  let scopes: [Text]
}

/// What a file holds.
struct Dump: Sendable {
  /// The tokens that can be imported, in the order of the file.
  private(set) var tokens: [DumpedToken] = []
  /// The records that cannot, in the order of the file.
  private(set) var bad: [BadRecord] = []

  /// Reads the text of a file.
  ///
  /// - Throws: when it is no JSON list at all; a bad record is no reason.
  init(_ json: Data) throws(DumpError) {
    let rows: [DumpRow]
    do {
      rows = try JSONDecoder().decode([DumpRow].self, from: json)
    } catch DecodingError.typeMismatch, DecodingError.valueNotFound {
      throw .notAList
    } catch {
      throw .notJSON(atByte: Dump.offset(of: error))
    }
    check(rows)
  }

  /// Where the text stops being JSON, if Foundation says so.
  private static func offset(of error: any Error) -> Int? {
    guard case DecodingError.dataCorrupted(let context) = error else { return nil }
    // Safe: the error was made by this very call; no other thread has it.
    let details = unsafe (context.underlyingError as? CocoaError)?.userInfo
    return details?["NSJSONSerializationErrorIndex"] as? Int
  }

  private mutating func check(_ rows: [DumpRow]) {
    var scopes = ScopeRows()
    for row in rows {
      switch row {
      case .scope(let scope): scopes.add(scope).map { bad.append($0) }
      case .bad(let record):
        scopes.note(record)
        bad.append(record)
      case .token, .ignored: break
      }
    }
    var places: [Int64: Int] = [:]
    for case .token(let row) in rows { check(row, scopes, &places) }
    bad.sort { $0.index < $1.index }
  }

  private mutating func check(_ row: DumpToken, _ scopes: ScopeRows, _ places: inout [Int64: Int]) {
    var faults: [FieldFault] = []
    if let place = places[row.key] {
      faults.append(FieldFault(field: "pk", fault: .sameAs(index: place)))
    } else {
      places[row.key] = row.index
    }
    var names: [Text] = []
    for key in row.scopeKeys {
      switch scopes.name(of: key) {
      case .success(let name): names.append(name)
      case .failure(let fault): faults.append(fault)
      }
    }
    guard faults.isEmpty else {
      bad.append(BadRecord(index: row.index, model: "esi.token", key: row.key, faults: faults))
      return
    }
    tokens.append(DumpedToken(row: row, scopes: names.sorted()))
  }
}

/// Why a file cannot be read as a list of records.
enum DumpError: Error, Equatable, Sendable {
  /// It is no JSON; the offset of the byte where it stops being it, if that is known.
  case notJSON(atByte: Int?)
  /// It is JSON, and no list.
  case notAList
}
