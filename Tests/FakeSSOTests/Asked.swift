// Requests and answers as lines, for tests of the SSO without a network.

@testable import fake_sso

extension FakeSSO {
  /// The reply to a POST with a form.
  mutating func post(_ path: String, _ form: String) -> WebReply {
    asked("POST \(path) HTTP/1.1\r\nContent-Length: \(form.utf8.count)\r\n\r\n\(form)")
  }

  /// The reply to a GET.
  mutating func get(_ target: String) -> WebReply { asked("GET \(target) HTTP/1.1\r\n\r\n") }

  private mutating func asked(_ text: String) -> WebReply {
    var reader = RequestReader()
    reader.append(Array(text.utf8))
    guard let request = try? reader.next() else { preconditionFailure("a request of a test") }
    return reply(to: request, now: 1_795_435_200)
  }
}

extension WebReply {
  /// The body as text.
  var body: String { String(decoding: answer.body, as: UTF8.self) }

  /// The text of a JSON member.
  func member(_ name: String) -> String? {
    let parts = body.split(separator: "\"\(name)\":\"", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    return String(parts[1].prefix { $0 != "\"" })
  }

  /// A value of the address that a redirect goes to.
  func redirected(_ name: String) -> String? {
    let address = answer.headers.first { $0.name == "Location" }?.value ?? ""
    let query = address.split(separator: "?", maxSplits: 1).last ?? ""
    return query.split(separator: "&").first { $0.hasPrefix(name + "=") }
      .map { String($0.dropFirst(name.utf8.count + 1)) }
  }
}
