// `tokenledger query`: the flags become the filters of one TOKENS.FIND; what it finds is shown as
// a number, as an id, or as rows, which are read page by page.
// Schema: schema/protocol.md, "Filters and results".

import RESP
import TokenLedger

/// The subcommand `query`.
enum QueryCommand {
  /// Asks and shows the answer.
  static func run(_ session: Session) throws {
    let endpoint = try session.open(for: .reading)
    let request = LedgerRequest(filtersOf: session.arguments)
    if session.arguments.has(.count) {
      try showOne(request, "COUNT", "count", endpoint, session) { $0 }
    } else if session.arguments.has(.exists) {
      try showOne(request, "EXISTS", "exists", endpoint, session) { .boolean($0.boolean ?? false) }
    } else if session.arguments.has(.first) {
      try showOne(request, "FIRST", "first", endpoint, session) { $0 }
    } else {
      try showRows(request, endpoint, session)
    }
  }

  private static func showOne(
    _ request: LedgerRequest, _ result: StaticString, _ name: String,
    _ endpoint: any LedgerEndpoint,
    _ session: Session, _ meaning: (Reply) -> Reply
  ) throws {
    var request = request
    request.add(result)
    session.arguments.integer(.after).map { request.add("AFTER", $0) }
    session.arguments.integer(.limit).map { request.add("LIMIT", $0) }
    let answer = meaning(try endpoint.call(request))
    guard session.arguments.has(.json) else { return try session.console.writeLine(answer.cell) }
    try session.write(.object([JSONValue.Member(name: name, value: answer.json)]))
  }

  private static func showRows(
    _ request: LedgerRequest, _ endpoint: any LedgerEndpoint, _ session: Session
  ) throws {
    let chosen = session.arguments.value(.fields)?.commaSeparated
      .compactMap(TokenField.init(rawValue:))
    let isJSON = session.arguments.has(.json)
    let fields = chosen ?? (isJSON ? TokenField.allCases : TokenTable.standardFields)
    var pages = RowPages(
      endpoint, request, fields: fields, after: session.arguments.integer(.after),
      limit: session.arguments.integer(.limit))
    let moment = try session.arguments.value(.asof).flatMap { Moment($0) }?.time(in: endpoint)
    var table = TokenTable(fields, isStandard: chosen == nil, now: moment ?? session.now)
    var count = 0
    while let rows = try pages.next() {
      if isJSON {
        try session.console.write(rows.flatMap { jsonLine($0, fields) })
      } else {
        for row in rows { table.add(row) }
      }
      count += rows.count
      session.progress.show("found", count, of: nil)
    }
    session.progress.finish()
    if !isJSON { try session.console.write(Array(table.text.utf8)) }
  }

  private static func jsonLine(_ row: [Reply], _ fields: [TokenField]) -> [UInt8] {
    let members = zip(fields, row).map { field, value in
      let value = field.isBoolean ? value.boolean.map(Reply.boolean) ?? value : value
      return JSONValue.Member(name: field.rawValue, value: value.json)
    }
    return JSONValue.object(members).serialized + [UInt8(ascii: "\n")]
  }
}

extension LedgerRequest {
  /// A TOKENS.FIND with the filters that were typed, and without result words.
  init(filtersOf arguments: Arguments) {
    self.init("TOKENS.FIND")
    for text in arguments.values(.scopes) { add("SCOPES", scopes: text) }
    for name in arguments.values(.scope) { add("SCOPES", scopeNames: [Array(name.utf8)]) }
    for text in arguments.values(.exactly) { add("EXACTLY", scopes: text) }
    for id in arguments.values(.equivalentTo) { add("EQUIVALENT", id) }
    if arguments.has(.expired) { add("EXPIRED") }
    if arguments.has(.fresh) { add("FRESH") }
    if arguments.has(.refreshable) { add("REFRESHABLE") }
    if arguments.has(.held) { add("HELD") }
    for number in arguments.values(.character) { add("CHARACTER", number) }
    for user in arguments.values(.user) { add("USER", user) }
    if arguments.has(.noUser) { add("NOUSER") }
    for type in arguments.values(.type) { add("TYPE", type) }
    for owner in arguments.values(.owner) { add("OWNER", owner) }
    for ids in arguments.values(.ids) {
      add("IDS", list: ids.commaSeparated.map { Array($0.utf8) })
    }
    if let moment = arguments.value(.asof) { add("ASOF", moment) }
  }
}
