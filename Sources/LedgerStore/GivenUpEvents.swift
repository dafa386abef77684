// What a repair would give up, counted by kind of event and by token, so that an operator knows
// whom to ask for a new login. Of the events only what kind they are and which token they concern
// is looked at; no secret is.

public import EventLog
public import TokenLedger

/// The readable events behind a cut.
public struct GivenUpEvents: Sendable {
  /// How many there are.
  public private(set) var count = 0
  /// How many of them can be read as frames, but not as events.
  public private(set) var undecodableCount = 0
  /// The first and the last sequence, as far as sequences are known.
  public private(set) var sequences: ClosedRange<UInt64>?
  /// How many there are of each kind, by the kind's name.
  public private(set) var kinds: [String: Int] = [:]
  /// How many there are for each token.
  public private(set) var tokens: [TokenID: Int] = [:]

  /// None yet.
  public init() {}

  /// Counts a sighting, if it is an event.
  public mutating func add(_ sighting: Sighting, body: RawSpan) {
    guard case .event(let seen) = sighting.content,
      let logged = LogEvent(sighting, body: body)
    else { return }
    count += 1
    if let sequence = seen.sequence {
      let first = min(sequences?.lowerBound ?? sequence, sequence)
      sequences = first...max(sequences?.upperBound ?? sequence, sequence)
    }
    do throws(StoreError) {
      let event = try Event(logged: logged)
      kinds[event.tag.name.description, default: 0] += 1
      if let token = event.token { tokens[token, default: 0] += 1 }
    } catch {
      undecodableCount += 1
    }
  }
}
