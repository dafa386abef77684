// Fills a running tokenledgerd with the population, over its own socket, as an application would.
// The ledger is empty before and has one loader, so that ids follow the order of creation: the
// suites rely on that and the loader checks every reply.

import TokenLedger

/// Loads tokens by pipelined TOKEN.CREATE.
enum TokenLoading {
  private static let batchSize = 256

  /// Creates every token of `population`; the one at index i gets the id i + 1.
  static func load(_ population: Population, into server: Server) throws {
    let generator = try server.connect(1)
    for start in stride(from: 0, to: population.tokens.count, by: batchSize) {
      let range = start..<min(start + batchSize, population.tokens.count)
      var bytes: [UInt8] = []
      for index in range { bytes.append(request: request(population, index)) }
      let replies = try generator.exchange(bytes[...])
      let expected = range.map { ":\($0 + 1)\r\n" }.joined()
      guard replies.elementsEqual(expected.utf8) else {
        let text = String(decoding: replies.prefix(200), as: UTF8.self)
        throw CheckFailure(description: "TOKEN.CREATE from \(start + 1) on: \(text)")
      }
    }
  }

  /// The command that creates the token at `index`, with secrets of usual length.
  static func request(_ population: Population, _ index: Int) -> [String] {
    let token = population.tokens[index]
    let scopes = population.sets[token.set].map { population.names[$0].string }
    return [
      "TOKEN.CREATE", "CHARACTER", "\(token.character)", "NAME", "Pilot \(token.character)",
      "OWNER", "owner-\(token.character)-hash=", "USER", "user\(token.user)",
      "REFRESH", "refresh-\(index)-aaaaaaaaaaaaa", "SCOPES", scopes.joined(separator: " "),
      "CREATED", "\(token.created / 1_000_000)",
    ]
  }
}
