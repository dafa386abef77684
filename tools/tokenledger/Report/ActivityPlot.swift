// The plot of activity over time: a column a bin, stacked by groups, with an axis of counts and one
// of times. The same numbers stand in a table below it.
// Pure: SVG 1.1 in the page itself; its colours are the style sheet's.

import TokenLedger

/// A stacked column plot.
struct ActivityPlot {
  private static let (width, height) = (760.0, 300.0)
  private static let (left, right, top, bottom) = (64.0, 12.0, 14.0, 44.0)
  /// About so many labels on each axis.
  private static let (rowLabels, columnLabels) = (4, 6)
  /// What a label of a time takes.
  private static let labelWidth = 90.0

  private let figures: ReportFigures

  init(_ figures: ReportFigures) {
    self.figures = figures
  }

  /// The plot as an `svg` element.
  var svg: String {
    let totals = figures.activity.map { $0.values.reduce(0, +) }
    let step = Self.niceStep(totals.max() ?? 0, Self.rowLabels)
    let ceiling = max(step, ((totals.max() ?? 0) + step - 1) / step * step)
    return """
      <svg class="plot" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" \
      aria-labelledby="activity-title activity-text">
      <title id="activity-title">Events over time</title>
      <desc id="activity-text">Stacked columns of events for every \(figures.bins.unit); the \
      greatest column has \(totals.max() ?? 0) events. The table below has the numbers.</desc>
      \(rows(step, ceiling))\(columns(ceiling))\(times)\
      <text class="axis" x="\(Self.left)" y="\(Self.height - 4)">UTC, a column for every \
      \(figures.bins.unit)</text>
      </svg>

      """
  }

  /// A round number, so that about `count` of them reach `greatest`.
  static func niceStep(_ greatest: Int, _ count: Int) -> Int {
    let rough = max(1, (greatest + count - 1) / count)
    var power = 1
    while power * 10 <= rough { power *= 10 }
    for factor in [1, 2, 5, 10] where power * factor >= rough { return power * factor }
    return power * 10
  }

  private func y(_ value: Int, _ ceiling: Int) -> Double {
    let room = Self.height - Self.top - Self.bottom
    return Self.height - Self.bottom - room * Double(value) / Double(ceiling)
  }

  private func x(_ index: Int) -> Double {
    let room = Self.width - Self.left - Self.right
    return Self.left + room * Double(index) / Double(figures.bins.count)
  }

  /// The lines of the counts, with their labels.
  private func rows(_ step: Int, _ ceiling: Int) -> String {
    stride(from: 0, through: ceiling, by: step).map { value in
      let y = number(y(value, ceiling))
      return """
        <line class="grid" x1="\(Self.left)" x2="\(Self.width - Self.right)" y1="\(y)" y2="\(y)"/>\
        <text class="axis" x="\(Self.left - 8)" y="\(y)" dy="4" text-anchor="end">\(value)</text>

        """
    }
    .joined()
  }

  private func columns(_ ceiling: Int) -> String {
    let width = max(1, (x(1) - x(0)) * 0.82)
    return figures.activity.enumerated().map { index, counts in
      var below = 0
      return ActivityGroup.allCases.map { group in
        let count = counts[group] ?? 0
        guard count > 0 else { return "" }
        let (low, high) = (y(below, ceiling), y(below + count, ceiling))
        below += count
        return """
          <rect class="\(group.rawValue)" x="\(number(x(index)))" y="\(number(high))" \
          width="\(number(width))" height="\(number(low - high))"/>

          """
      }
      .joined()
    }
    .joined()
  }

  /// The labels of some bins, far enough from each other.
  private var times: String {
    let every = max(1, (figures.bins.count + Self.columnLabels - 1) / Self.columnLabels)
    return stride(from: 0, to: figures.bins.count, by: every).map { index in
      guard x(index) < Self.width - Self.labelWidth else { return "" }
      return """
        <text class="axis" x="\(number(x(index)))" y="\(Self.height - Self.bottom + 18)">\
        \(figures.bins.label(of: index))</text>

        """
    }
    .joined()
  }

  /// A coordinate with one decimal: enough for an eye, and the same on every machine.
  private func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension ReportBins {
  /// When a bin begins, as short as its width allows.
  func label(of index: Int) -> String {
    let time = UnixTime(clampingMicroseconds: start(of: index) * 1000).shown
    return width >= 86_400_000
      ? String(time.prefix(10))
      : String(time.dropFirst(5).prefix(11))
        .replacing("T", with: " ")
  }
}
