// How much a test does. By default as much as a gate bears; TOKENLEDGER_CAMPAIGN multiplies it, for
// a night or for one hard look.

import Glibc

/// The size of this run.
public enum Campaign {
  /// The number that TOKENLEDGER_CAMPAIGN gives; 1 without it, or when it is no positive number.
  public static let size: Double = {
    let text = getenv("TOKENLEDGER_CAMPAIGN").map { String(cString: $0) }
    guard let size = text.flatMap(Double.init), size.isFinite, size > 0 else { return 1 }
    return size
  }()

  /// `count` times the campaign's size, at least 1.
  public static func scaled(_ count: Int) -> Int {
    max(1, Int(min(Double(count) * size, 1e15)))
  }

  /// Numbers below `count`, evenly spread: `sample` of them times the campaign's size, or all.
  public static func spread(below count: Int, sample: Int) -> [Int] {
    let wanted = min(count, scaled(sample))
    return (0..<wanted).map { $0 * count / wanted }
  }
}
