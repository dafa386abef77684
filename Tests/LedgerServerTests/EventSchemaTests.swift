import Foundation
import LedgerServer
import TestSupport
import Testing
import TokenLedger

/// schema/events.schema.json against the fields that the ledger shows.
@Suite struct EventSchemaTests {
  /// A schema of an object, with those that it includes.
  private struct Shape {
    var properties: Set<String> = []
    var required: Set<String> = []
  }

  private typealias Object = [String: Any]

  private let schema: [String: Any]

  init() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("schema/events.schema.json")
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    schema = try #require(object as? [String: Any])
  }

  private func definition(_ name: String) throws -> Object {
    try #require((schema["$defs"] as? Object)?[name] as? Object, "no definition of \(name)")
  }

  private func shape(_ object: Object) throws -> Shape {
    var shape = Shape(
      properties: Set((object["properties"] as? Object ?? [:]).keys),
      required: Set(object["required"] as? [String] ?? []))
    for part in object["allOf"] as? [Object] ?? [] {
      guard let reference = part["$ref"] as? String else { continue }
      let other = try self.shape(definition(String(reference.dropFirst("#/$defs/".count))))
      shape.properties.formUnion(other.properties)
      shape.required.formUnion(other.required)
    }
    return shape
  }

  /// The names that each sample of a kind shows in `data`.
  private func shownNames(_ tag: Event.Tag) -> [Set<String>] {
    EventSamples.all.filter { $0.tag == tag }.map { event in
      Set(EventFields(event).pairs.map(\.0.description)).subtracting(["seq", "type"])
    }
  }

  @Test(arguments: Event.Tag.allCases)
  func `the schema has just the fields that a kind of event can show`(_ tag: Event.Tag) throws {
    let object = try definition(tag.name.description)
    let shape = try shape(object)
    let shown = shownNames(tag)
    let first = try #require(shown.first)
    #expect(shape.properties == shown.reduce([]) { $0.union($1) })
    #expect(shape.required == shown.reduce(first) { $0.intersection($1) })
    #expect(object["unevaluatedProperties"] as? Bool == false)
  }

  @Test func `the schema has just the kinds of events that there are`() throws {
    let types = Event.Tag.allCases.map { "tokenledger.\($0.name)" }
    let properties = try #require(schema["properties"] as? Object)
    #expect((properties["type"] as? Object)?["enum"] as? [String] == types)
    #expect(schema["additionalProperties"] as? Bool == false)
    let branches = try #require(schema["oneOf"] as? [Object])
    let pairs = try branches.map { branch in
      let properties = try #require(branch["properties"] as? Object)
      let type = (properties["type"] as? Object)?["const"] as? String
      return [type, (properties["data"] as? Object)?["$ref"] as? String]
    }
    #expect(pairs == Event.Tag.allCases.map { ["tokenledger.\($0.name)", "#/$defs/\($0.name)"] })
  }
}
