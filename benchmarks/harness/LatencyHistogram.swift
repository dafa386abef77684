// How long operations took, in fixed memory: recording allocates nothing and forgets nothing but
// precision. Picoseconds, because the mean of a batch may lie below a nanosecond.
//
//   bucket = 32 × (highest bit) + (the five bits below it)      each bucket at most 1/32 wide

/// Counts of operations by duration.
struct LatencyHistogram {
  private static let fractionBits = 5
  private var buckets = [UInt64](repeating: 0, count: 64 << fractionBits)
  private(set) var count: UInt64 = 0
  private(set) var maximumPicoseconds: Int64 = 0

  /// Counts one duration; below 1 counts as 1.
  mutating func record(picoseconds: Int64) {
    let value = UInt64(max(1, picoseconds))
    buckets[Self.bucket(of: value)] &+= 1
    count &+= 1
    maximumPicoseconds = max(maximumPicoseconds, picoseconds)
  }

  /// The nanoseconds that `share` of the operations did not exceed, rounded up to a bucket's end.
  func nanoseconds(at share: Double) -> Double {
    let wanted = UInt64((Double(count) * share).rounded(.up))
    var seen: UInt64 = 0
    for (bucket, number) in buckets.enumerated() where number > 0 {
      seen += number
      if seen >= wanted { return min(Self.end(of: bucket), Double(maximumPicoseconds)) / 1000 }
    }
    return 0
  }

  /// The longest duration in nanoseconds, exactly.
  var maximumNanoseconds: Double { Double(maximumPicoseconds) / 1000 }

  private static func bucket(of value: UInt64) -> Int {
    let highest = 63 - value.leadingZeroBitCount
    let fraction =
      highest >= fractionBits
      ? value >> UInt64(highest - fractionBits) : value << UInt64(fractionBits - highest)
    return highest << fractionBits | Int(fraction & 31)
  }

  private static func end(of bucket: Int) -> Double {
    let width = Double(sign: .plus, exponent: bucket >> fractionBits, significand: 1)
    return width * (1 + Double((bucket & 31) + 1) / 32)
  }
}
