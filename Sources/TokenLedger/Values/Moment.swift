// A moment of the log, as somebody names it: a time, an event, or how many events there were.
// Pure: which event a moment stands for is found by whoever has the log.
// Schema: schema/protocol.md, "Arguments".

/// A moment of the log.
public enum Moment: Hashable, Sendable {
  /// A time: with every event of its millisecond and those before.
  case time(UnixTime)
  /// An event id: with the event of that id, if there is one, and those before.
  case event(EventID)
  /// A sequence: with the event of that number and those before; 0 is before them all.
  case sequence(EventSequence)

  /// Reads an event id `<unix-ms>-<n>`, a sequence `#<n>`, or a time as ``UnixTime/init(text:)``.
  public init?(text: Span<UInt8>) {
    guard text.count > 0 else { return nil }
    if text[0] == UInt8(ascii: "#") {
      guard let number = UInt64(digits: text.extracting(1..<text.count)) else { return nil }
      self = .sequence(EventSequence(number))
      return
    }
    if let time = UnixTime(text: text) {
      self = .time(time)
      return
    }
    guard let id = EventID(text: text, counterIfMissing: 0) else { return nil }
    self = .event(id)
  }

  /// Reads `text` as ``init(text:)`` does.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    self.init(text: bytes.span)
  }
}
