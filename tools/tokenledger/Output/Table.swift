// Tables for people: aligned by what a terminal shows, not by bytes or characters.
// The cells are made harmless when they come in, so a table can be written as it is.
// Owner: whoever fills it; it is held as a whole, since a width is known at the end only.

/// Rows under headings.
struct Table {
  /// Where the cells of a column stand.
  enum Alignment {
    case left, right
  }

  /// A column.
  struct Column {
    let heading: String
    let alignment: Alignment
    /// What it has at least, for cells that may come later.
    let minimumWidth: Int

    /// A column; most hold text.
    init(_ heading: String, _ alignment: Alignment = .left, minimumWidth: Int = 0) {
      self.heading = heading
      self.alignment = alignment
      self.minimumWidth = minimumWidth
    }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  /// A table without rows.
  init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Adds a row.
  ///
  /// - Precondition: it has a cell for each column.
  mutating func add(_ cells: [String]) {
    precondition(cells.count == columns.count, "a row of \(cells.count) cells")
    rows.append(cells.map(\.harmless))
  }

  /// The lines of the table, the headings first; two blanks part the columns.
  var text: String {
    let widths = columns.widths(of: rows)
    let lines = [columns.map(\.heading)] + rows
    return lines.map { columns.line($0, widths) + "\n" }.joined()
  }
}

extension [Table.Column] {
  /// The width that each column needs for its heading and these rows.
  func widths(of rows: [[String]]) -> [Int] {
    indices.map { index in
      let least = Swift.max(self[index].heading.displayWidth, self[index].minimumWidth)
      return rows.reduce(least) { Swift.max($0, $1[index].displayWidth) }
    }
  }

  /// A line of cells; one that is wider than its column moves the rest of its own line.
  func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      if index > 0 { line += "  " }
      let count = Swift.max(0, widths[index] - cell.displayWidth)
      let blanks = String(repeating: " ", count: count)
      line += self[index].alignment == .left ? cell + blanks : blanks + cell
    }
    let end = line.utf8.lastIndex { $0 != UInt8(ascii: " ") }
    return end.map { String(line[...$0]) } ?? ""
  }
}
