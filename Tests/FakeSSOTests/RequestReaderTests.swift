import Testing

@testable import fake_sso

/// Bytes into requests, whole, in pieces, and wrong.
@Suite struct RequestReaderTests {
  private func fault(_ text: String) -> RequestFault? {
    var reader = RequestReader()
    reader.append(Array(text.utf8))
    do throws(RequestFault) { _ = try reader.next() } catch { return error }
    return nil
  }

  @Test func `requests are read byte by byte, one after the other`() throws {
    let text =
      "POST /a?x=1%2B HTTP/1.1\r\nContent-Length: 3\r\n\r\nb=c"
      + "GET /d/ HTTP/1.0\r\n\r\n"
    var reader = RequestReader()
    var requests: [WebRequest] = []
    for byte in text.utf8 {
      reader.append([byte])
      if let request = try reader.next() { requests.append(request) }
    }
    try #require(requests.count == 2)
    #expect(requests[0].path == "/a" && requests[0].query["x"] == "1+")
    #expect(requests[0].form?["b"] == "c" && requests[0].keepsAlive)
    #expect(requests[1].path == "/d" && !requests[1].keepsAlive)
  }

  @Test func `what is no request has a fault of its own`() {
    #expect(fault("hello\r\n\r\n") == .malformed)
    #expect(fault("GET / HTTP/3\r\n\r\n") == .versionUnknown)
    #expect(fault("PUT / HTTP/1.1\r\n\r\n") == .methodUnknown)
    #expect(fault("GET /\(String(repeating: "x", count: 17_000))") == .headTooLarge)
    #expect(fault("POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n") == .bodyTooLarge)
    #expect(
      fault("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n") == .lengthMissing)
  }

  @Test func `a client may name itself by HTTP Basic`() throws {
    var reader = RequestReader()
    reader.append(Array("GET / HTTP/1.1\r\nAuthorization: Basic YzpzZWNyZXQ=\r\n\r\n".utf8))
    #expect(try reader.next()?.basicName == "c")
  }
}
