// The bins of the activity plot: equal spans of time with round borders, enough to see a shape and
// few enough to be read.
// Pure. Times are milliseconds since 1970, UTC, as in event ids.

/// Equal spans of time.
struct ReportBins: Equatable {
  /// At most so many bins.
  static let maximumCount = 60

  private static let minute: Int64 = 60_000
  private static let day: Int64 = 24 * 60 * minute
  /// The spans that a bin may have.
  private static let widths: [Int64] = [
    minute, 5 * minute, 15 * minute, 60 * minute, 3 * 60 * minute, 6 * 60 * minute,
    12 * 60 * minute, day, 7 * day, 28 * day, 364 * day,
  ]

  /// When the first one begins.
  let start: Int64
  /// How long each is.
  let width: Int64
  /// How many there are, at least one.
  let count: Int

  /// The bins that cover the time from `first` through `last`.
  init(from first: Int64, through last: Int64) {
    let last = max(first, last)
    let fitting = Self.widths.first { width in
      last / width - first / width < Int64(Self.maximumCount)
    }
    let width = fitting ?? (last - first) / Int64(Self.maximumCount - 1) + 1
    self.width = width
    start = first / width * width
    count = Int(last / width - first / width) + 1
  }

  /// The bin that a time falls into, or the nearest one.
  func index(of milliseconds: Int64) -> Int {
    Int(min(max(0, (milliseconds - start) / width), Int64(count - 1)))
  }

  /// When a bin begins.
  func start(of index: Int) -> Int64 { start + Int64(index) * width }

  /// How long a bin is, in words.
  var unit: String {
    for (span, name) in [(Self.day, "day"), (60 * Self.minute, "hour"), (Self.minute, "minute")]
    where width % span == 0 {
      let number = width / span
      return number == 1 ? name : "\(number) \(name)s"
    }
    return "\(width / 1000) seconds"
  }
}
