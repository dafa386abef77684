// The deletion guard as a setting: `0.5,10,3600` is a share, a count and seconds.
// What is read here is what CONFIG GET shows again.
// Pure; the limits are named in the form that an error shows.

import LedgerServer

extension GuardThreshold {
  static let form =
    "off or SHARE,COUNT,SECONDS: a share from 0 to 1, a count, and 60 to 604800 seconds"

  /// Reads `0.5,10,3600`.
  init?(_ text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 3, let share = Double(parts[0]), (0...1).contains(share),
      let count = Int(parts[1]), (0...1_000_000_000).contains(count),
      let seconds = Int64(parts[2]), (60...604_800).contains(seconds)
    else { return nil }
    self.init(share: share, count: count, windowSeconds: seconds)
  }

  /// The threshold as it is written.
  var text: String { "\(share),\(count),\(windowSeconds)" }
}
