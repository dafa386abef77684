// The rows of a TOKENS.FIND, page by page: a reply of bounded size, however many tokens there are.
// Not a snapshot: a token that comes or goes meanwhile may be in it or not; none is in it twice.
// Owner: the subcommand.

import RESP

/// A reader of chosen fields of the tokens that a request finds, in ascending id.
struct RowPages {
  private let endpoint: any LedgerEndpoint
  private let request: LedgerRequest
  private let fields: [TokenField]
  private let pageRows: Int64
  private var remaining: Int64?
  private var lastID: Int64?
  private var isAtEnd = false

  /// The rows of a page, unless said otherwise.
  static let standardPageRows: Int64 = 1000

  /// Starts behind the id `after`; `request` has the filters and no result words.
  init(
    _ endpoint: any LedgerEndpoint, _ request: LedgerRequest, fields: [TokenField],
    after: Int64? = nil,
    limit: Int64?, pageRows: Int64 = standardPageRows
  ) {
    self.endpoint = endpoint
    self.request = request
    self.fields = fields
    self.pageRows = pageRows
    remaining = limit
    lastID = after
  }

  /// The next rows, each with the values of the fields in their order; nil at the end.
  mutating func next() throws(EndpointError) -> [[Reply]]? {
    let count = min(pageRows, remaining ?? pageRows)
    guard !isAtEnd, count > 0 else { return nil }
    let reply = try endpoint.call(page(count))
    let rows = try reply.requireElements(of: request.command)
    isAtEnd = Int64(rows.count) < count
    if let left = remaining { remaining = left - Int64(rows.count) }
    var result: [[Reply]] = []
    for row in rows {
      guard let values = row.elements, values.count == fields.count + 1, let id = values[0].integer
      else { throw .unexpectedReply(command: request.command) }
      lastID = id
      result.append(Array(values.dropFirst()))
    }
    return result.isEmpty ? nil : result
  }

  private func page(_ count: Int64) -> LedgerRequest {
    var page = request
    let names = [TokenField.id] + fields
    page.add("FIELDS", list: names.map { Array($0.rawValue.utf8) })
    if let lastID { page.add("AFTER", lastID) }
    page.add("LIMIT", count)
    return page
  }
}
