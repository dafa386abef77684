// Numbers and columns for people, without Foundation. Nothing here is used while something is
// measured: it words results, and may allocate as it likes. Columns are counted in characters,
// because of µ and ×.

extension String {
  /// Without blanks and line ends at both ends.
  var trimmed: String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace || $0.isNewline }
    let rest = drop(while: isBlank)
    return String(rest.reversed().drop(while: isBlank).reversed())
  }

  /// Filled with blanks behind; at least one.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }

  /// Filled with blanks in front; at least one.
  func aligned(to width: Int) -> String {
    String(repeating: " ", count: max(1, width - count)) + self
  }
}

extension Double {
  /// With `digits` decimals.
  func fixed(_ digits: Int) -> String {
    guard isFinite else { return "–" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (magnitude * scale).rounded()
    guard scaled < 9e18 else { return "\(self)" }
    let number = Int64(scaled)
    let whole = number / Int64(scale)
    let sign = self < 0 && number != 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let fraction = String(number % Int64(scale))
    return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// Three digits and a unit: `12.3 k`.
  var scaledText: String {
    let steps: [(Double, String)] = [(1e9, " G"), (1e6, " M"), (1e3, " k")]
    for (size, unit) in steps where self >= size { return (self / size).threeDigits + unit }
    return threeDigits
  }

  /// Nanoseconds with a unit: `12.3 µs`.
  var durationText: String {
    let steps: [(Double, String)] = [(1e9, " s"), (1e6, " ms"), (1e3, " µs")]
    for (size, unit) in steps where self >= size { return (self / size).threeDigits + unit }
    return threeDigits + " ns"
  }

  /// Two decimals, more below a tenth.
  var ratioText: String { fixed(self < 0.1 ? 4 : self < 10 ? 2 : 0) }

  private var threeDigits: String { fixed(self >= 99.95 ? 0 : self >= 9.995 ? 1 : 2) }
}

extension [Double] {
  /// The middle value; of an even number the mean of the middle two.
  var median: Double {
    guard !isEmpty else { return .nan }
    let ordered = sorted()
    let middle = count / 2
    return count % 2 == 1 ? ordered[middle] : (ordered[middle - 1] + ordered[middle]) / 2
  }
}
