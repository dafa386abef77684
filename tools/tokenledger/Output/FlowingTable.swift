// A table that is written while it is filled: for lists without end, and for pagers, which show the
// first page at once. What `Table` knows at its end has to be known at its start here.
// Invariant: the widths are those of the first page and stay; a wider cell later moves the rest of
// its own line only. Owner: whoever reads the pages; one page is in memory.

/// A table whose rows come page by page.
struct FlowingTable {
  /// A row and how it stands out.
  struct Row {
    let cells: [String]
    var emphasis = Emphasis.plain
  }

  private let columns: [Table.Column]
  private let isColoured: Bool
  private var widths: [Int]?

  /// A table of which nothing is written yet.
  init(_ columns: [Table.Column], isColoured: Bool) {
    self.columns = columns
    self.isColoured = isColoured
  }

  /// The lines of the next rows; the headings stand before the first ones.
  ///
  /// - Precondition: each row has a cell for each column.
  mutating func text(of rows: [Row]) -> String {
    let cells = rows.map { row in
      precondition(row.cells.count == columns.count, "a row of \(row.cells.count) cells")
      return row.cells.map(\.harmless)
    }
    let isFirst = widths == nil
    let widths = self.widths ?? columns.widths(of: cells)
    self.widths = widths
    let heading = isFirst ? columns.line(columns.map(\.heading), widths) + "\n" : ""
    return zip(cells, rows).reduce(into: heading) { text, row in
      let line = columns.line(row.0, widths)
      text += row.1.emphasis.applied(to: line, isColour: isColoured) + "\n"
    }
  }
}
