// How many words an argument list takes, to compare with the arity that the file states.
// Arity as in Redis: n is exactly n words, -n at least n, the command's name included.
// The file's author states it all the same: the two must agree, so neither can be a slip.

/// The least and the greatest number of words; no greatest means no bound.
struct WordCount: Equatable {
  var least: Int
  var greatest: Int?

  static let none = WordCount(least: 0, greatest: 0)
  static let one = WordCount(least: 1, greatest: 1)

  /// The arity that says this.
  var arity: Int { least == greatest ? least : -least }

  /// Both, one after the other.
  static func + (left: WordCount, right: WordCount) -> WordCount {
    let greatest = left.greatest.flatMap { bound in right.greatest.map { bound + $0 } }
    return WordCount(least: left.least + right.least, greatest: greatest)
  }

  /// One or the other.
  func or(_ other: WordCount) -> WordCount {
    let bound = greatest.flatMap { bound in other.greatest.map { max(bound, $0) } }
    return WordCount(least: min(least, other.least), greatest: bound)
  }

  /// The same, left out or repeated as the flags allow.
  func flagged(_ flags: [Flag]) -> WordCount {
    WordCount(
      least: flags.contains(.optional) ? 0 : least,
      greatest: flags.contains(.multiple) ? nil : greatest)
  }
}

extension CommandFile {
  /// The words of an argument list; its fragments must be known and free of cycles.
  func words(_ elements: [Element]) -> WordCount {
    elements.reduce(.none) { $0 + words($1) }
  }

  private func words(_ element: Element) -> WordCount {
    switch element {
    case .argument(let argument): words(argument)
    case .use(let fragment, let flags, _):
      self.elements(of: fragment).reduce(.none) { $0 + words($1).flagged(flags) }
    }
  }

  private func words(_ argument: Argument) -> WordCount {
    let keyword: WordCount = argument.token == nil ? .none : .one
    return (keyword + valueWords(argument)).flagged(argument.flags)
  }

  private func valueWords(_ argument: Argument) -> WordCount {
    switch argument.kind {
    case .pureToken: return .none
    case .block: return words(argument.elements)
    case .oneOf:
      let choices = flattened(argument.elements).map { words($0) }
      return choices.dropFirst().reduce(choices.first ?? .none) { $0.or($1) }
    case .string, .integer, .double, .key, .pattern, .unixTime:
      return .one
    }
  }

  /// The elements of a fragment; none if there is no such fragment.
  func elements(of fragment: String) -> [Element] {
    fragments.first { $0.name == fragment }?.elements ?? []
  }

  /// The elements with every fragment replaced by its own.
  func flattened(_ elements: [Element]) -> [Element] {
    elements.flatMap { element -> [Element] in
      guard case .use(let fragment, _, _) = element else { return [element] }
      return flattened(self.elements(of: fragment))
    }
  }
}
