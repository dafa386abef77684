// The generator of every benchmark's data. The seed is fixed and printed: a run that prints
// another hash for the same seed computed something else. Every suite derives its own stream from
// the one seed by adding a small number, so that adding a query to one suite leaves the data of
// the others as it was.

/// SplitMix64: the same numbers from the same seed on every machine.
///
/// - Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014.
struct Random {
  /// The seed of all suites.
  static let fixedSeed: UInt64 = 0x746f_6b65_6e6c_6564

  private var state: UInt64

  init(seed: UInt64 = Random.fixedSeed) {
    state = seed
  }

  /// 64 random bits.
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, not including, `limit`.
  mutating func below(_ limit: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(limit)).high)
  }

  /// A number from 0 up to, not including, 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}
