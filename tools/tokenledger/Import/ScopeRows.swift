// The scopes of a dumpdata file, by primary key: tokens name them by it.
// Two names are the same if their code points are; a key or a name that comes twice makes the later
// row a bad record.

import TokenLedger

/// The rows of `esi.scope`.
struct ScopeRows {
  private var names: [Int64: Text] = [:]
  private var places: [Int64: Int] = [:]
  private var placesByName: [Text: Int] = [:]
  private var badKeys: Set<Int64> = []

  /// Takes a row in, unless another has its key or its name already: then it is a bad record.
  mutating func add(_ scope: DumpScope) -> BadRecord? {
    var faults: [FieldFault] = []
    if let place = places[scope.key] {
      faults.append(FieldFault(field: "pk", fault: .sameAs(index: place)))
    }
    if let place = placesByName[scope.name] {
      faults.append(FieldFault(field: "name", fault: .sameAs(index: place)))
    }
    guard faults.isEmpty else {
      if places[scope.key] == nil { badKeys.insert(scope.key) }
      return BadRecord(index: scope.index, model: "esi.scope", key: scope.key, faults: faults)
    }
    names[scope.key] = scope.name
    places[scope.key] = scope.index
    placesByName[scope.name] = scope.index
    return nil
  }

  /// Remembers that a row of this key is there, though it is of no use.
  mutating func note(_ bad: BadRecord) {
    guard bad.model?.lowercased() == "esi.scope", let key = bad.key else { return }
    badKeys.insert(key)
  }

  /// The name of the scope with this key, or what is wrong with a token that names it.
  func name(of key: Int64) -> Result<Text, FieldFault> {
    if let name = names[key] { return .success(name) }
    let fault: FieldFault.Fault = badKeys.contains(key) ? .badScope(key) : .unknownScope(key)
    return .failure(FieldFault(field: "scopes", fault: fault))
  }
}

extension FieldFault: Error {}
