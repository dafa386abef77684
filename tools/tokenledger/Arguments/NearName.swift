// Finds what somebody meant who typed a name that is none.
// For people only: a near name is shown and never taken in place of what was typed.
// Pure; a few short words at a time.

/// The candidate nearest to `word`, if one is near enough to be meant.
///
/// Near enough is: at most a third of its letters would have to change, or it begins with `word`.
///
/// - Complexity: O(*n* · *m*²) for *n* candidates of *m* letters.
func nearName(to word: String, among candidates: [String]) -> String? {
  let word = word.lowercased()
  if word.count >= 3, let longer = candidates.first(where: { $0.hasPrefix(word) }) { return longer }
  let distances = candidates.map { (name: $0, distance: editDistance(word, $0)) }
  guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= max(1, best.name.count / 3) ? best.name : nil
}

/// How many letters to insert, remove, replace or swap with their neighbour, to turn one word into
/// the other.
///
/// - Source: the optimal string alignment distance (Damerau 1964, Levenshtein 1966).
private func editDistance(_ left: String, _ right: String) -> Int {
  let (left, right) = (Array(left), Array(right))
  var rows = [Array(0...right.count)]
  for i in 0..<left.count {
    var row = [i + 1]
    for j in 0..<right.count {
      let replaced = rows[i][j] + (left[i] == right[j] ? 0 : 1)
      var least = min(replaced, rows[i][j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        least = min(least, rows[i - 1][j - 1] + 1)
      }
      row.append(least)
    }
    rows.append(row)
  }
  return rows[left.count][right.count]
}
