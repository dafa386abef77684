// Strict reading of one JSON object: every field is asked for once, and whatever was not asked
// for is an error. Foundation's Codable would pass over unknown fields in silence.
// A value of the file is read once, by one thread, and not kept.

import Foundation

/// What is wrong with schema/commands.json, and where.
struct SchemaFault: Error, Equatable, CustomStringConvertible {
  /// The way to the value, such as `commands[3].arguments[0].type`.
  let path: String
  let message: String

  var description: String { "\(path): \(message)" }
}

/// A cursor over the fields of one JSON object.
struct Fields {
  let path: String
  private let object: [String: Any]
  private var asked: Set<String> = []

  /// Takes the value if it is an object.
  init(_ value: Any, path: String) throws(SchemaFault) {
    guard let object = value as? [String: Any] else {
      throw SchemaFault(path: path, message: "is not an object")
    }
    self.path = path
    self.object = object
  }

  /// The names of the fields, sorted.
  var names: [String] { object.keys.sorted() }

  /// The value of a field that must be there.
  mutating func value(_ name: String) throws(SchemaFault) -> Any {
    guard let value = optional(name) else {
      throw SchemaFault(path: path, message: "has no field \"\(name)\"")
    }
    return value
  }

  /// The value of a field that may be missing.
  mutating func optional(_ name: String) -> Any? {
    asked.insert(name)
    return object[name]
  }

  /// A text that is not empty and has no line break.
  mutating func string(_ name: String) throws(SchemaFault) -> String {
    guard let text = try value(name) as? String, !text.isEmpty, !text.contains("\n") else {
      throw SchemaFault(path: "\(path).\(name)", message: "is not a text of one line")
    }
    return text
  }

  /// A whole number.
  mutating func integer(_ name: String) throws(SchemaFault) -> Int {
    guard let number = try value(name) as? Int else {
      throw SchemaFault(path: "\(path).\(name)", message: "is not a whole number")
    }
    return number
  }

  /// A list, with the path of each element; a missing one is empty if it may be.
  mutating func list(
    _ name: String, mayBeMissing: Bool = false
  ) throws(SchemaFault) -> [(value: Any, path: String)] {
    if mayBeMissing, optional(name) == nil { return [] }
    guard let list = try value(name) as? [Any] else {
      throw SchemaFault(path: "\(path).\(name)", message: "is not a list")
    }
    return list.enumerated().map { ($1, "\(path).\(name)[\($0)]") }
  }

  /// One word of a closed list.
  mutating func word<V: Vocabulary>(_ name: String, of: V.Type) throws(SchemaFault) -> V {
    try Self.word(string(name), path: "\(path).\(name)")
  }

  /// Words of a closed list, none of them twice.
  mutating func words<V: Vocabulary>(
    _ name: String, of: V.Type, mayBeMissing: Bool = false
  ) throws(SchemaFault) -> [V] {
    var words: [V] = []
    for (value, path) in try list(name, mayBeMissing: mayBeMissing) {
      let word: V = try Self.word(value as? String ?? "", path: path)
      guard !words.contains(where: { $0.rawValue == word.rawValue }) else {
        throw SchemaFault(path: path, message: "\"\(word.rawValue)\" stands twice")
      }
      words.append(word)
    }
    return words
  }

  /// Says so if the object has a field that nobody asked for.
  func finish() throws(SchemaFault) {
    guard let unknown = names.first(where: { !asked.contains($0) }) else { return }
    throw SchemaFault(path: path, message: "has the unknown field \"\(unknown)\"")
  }

  private static func word<V: Vocabulary>(_ text: String, path: String) throws(SchemaFault) -> V {
    if let word = V(rawValue: text) { return word }
    let known = V.allCases.map(\.rawValue).joined(separator: ", ")
    throw SchemaFault(path: path, message: "\"\(text)\" is none of \(known)")
  }
}
