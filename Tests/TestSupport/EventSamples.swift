// Events of every kind with every combination of their optional parts: what tests of encodings and
// of replies run through.

public import TokenLedger

/// Sample events.
public enum EventSamples {
  /// The sequence that the samples have; there is room before it for what they name.
  public static let sequence = EventSequence(1000)

  /// Every body with the plainest envelope, then every envelope around one body of each tag.
  public static let all: [Event] =
    bodies.map { event($0, envelopes[0]) }
    + fullest.flatMap { body in envelopes.map { event(body, $0) } }

  /// One event of each tag, with everything that it can have.
  public static let fullestEvents: [Event] = fullest.map {
    event($0, envelopes[envelopes.count - 1])
  }

  /// One body of each tag, with every optional part, in the order of the tags.
  public static let fullest: [Event.Body] = Event.Tag.allCases.compactMap { tag in
    bodies.last { event($0, envelopes[0]).tag == tag }
  }

  private typealias Envelope = (
    actor: Actor, previous: EventSequence?, cause: EventSequence?, reason: Text?,
    key: IdempotencyKey?
  )

  private static let envelopes: [Envelope] = {
    let actors: [Actor] = [
      .system, .peer(uid: 0, pid: .max, clientName: nil),
      .peer(uid: .max, pid: 1, clientName: .sample("wörker 1")),
    ]
    let keys = [nil, IdempotencyKey(name: .sample("key"), requestDigest: 0x0102_0304_0506_0708)]
    var envelopes: [Envelope] = []
    for actor in actors {
      for previous in [nil, EventSequence(1), EventSequence(999)] {
        for cause in [nil, EventSequence(998)] {
          for reason in [nil, Text.sample("because")] {
            for key in keys { envelopes.append((actor, previous, cause, reason, key)) }
          }
        }
      }
    }
    return envelopes
  }()

  private static func event(_ body: Event.Body, _ envelope: Envelope) -> Event {
    var event = Event(
      sequence: sequence, id: EventID(milliseconds: 1_795_435_200_000, counter: 3),
      token: .sample(7), previous: envelope.previous, actor: envelope.actor, cause: envelope.cause,
      reason: envelope.reason, key: envelope.key, body: body)
    guard !event.tag.concernsToken else { return event }
    event.token = nil
    event.previous = nil
    return event
  }

  // MARK: Bodies

  private static let secrets: [RecordedSecret] = [
    .null, .empty, .present(SecretDigest(0x8899_aabb_ccdd_eeff)),
  ]
  private static let replacements = [nil] + secrets.map(Optional.some)
  private static let fences = [nil, EventSequence(997)]
  private static let time = UnixTime(clampingMicroseconds: 1_795_435_200_000_001)

  /// Every body: each kind with every combination of its optional parts.
  public static let bodies: [Event.Body] =
    creations.map(Event.Body.created)
    + [[], ["a"], ["a", "b c", "é"]].map { .scopesGranted($0.map(Text.sample)) }
    + [1, UInt32.max].map { .refreshStarted(Lease(end: time, attempt: $0)) }
    + refreshes.map(Event.Body.refreshed) + failures.map(Event.Body.refreshFailed)
    + [.deleted, .restored, .erased] + logins.map(Event.Body.loggedIn)
    + [
      .revoked(Revocation(failureClass: nil, code: .empty)),
      .revoked(Revocation(failureClass: .unavailable, code: .sample("http_503"))),
    ]
    + [
      .opened(Opening(formatVersion: 1, programVersion: .sample("0.1.0"))),
      .recovered(TailCut(segment: .sample("0000.log"), offset: 4096, bytesCut: .max)),
      .compacted(
        Compaction(
          first: EventSequence(1), last: EventSequence(900), bytesBefore: 1 << 40, bytesAfter: 7)),
      .compactionStarted(CompactionStart(graceMilliseconds: 604_800_000)),
    ]

  private static let creations: [Creation] = {
    var creations: [Creation] = []
    for access in secrets {
      for refresh in secrets {
        for user in [nil, "", "user"] {
          for scopes in [[], ["a"], ["a", "b", "é"]] {
            creations.append(
              .sample(
                character: creations.count % 2 == 0 ? .min : .max, name: "Pilot", owner: "o=",
                user: user, scopes: scopes, created: -1,
                type: creations.count % 2 == 0 ? .character : .corporation, access: access,
                refresh: refresh))
          }
        }
      }
    }
    return creations
  }()

  private static let logins: [Login] = secrets.flatMap { access in
    secrets.map { refresh in
      Login(created: time, ownerHash: .sample("o="), access: access, refresh: refresh)
    }
  }

  private static let refreshes: [Refresh] = fences.flatMap { fence in
    secrets.flatMap { access in
      replacements.flatMap { refresh in
        [false, true].map { isUnverified in
          Refresh(
            fence: fence, created: time, access: access, refresh: refresh,
            isUnverified: isUnverified)
        }
      }
    }
  }

  private static let failures: [RefreshFailure] = fences.flatMap { fence in
    RefreshFailure.Class.allCases.flatMap { failureClass in
      replacements.map { rotated in
        RefreshFailure(
          fence: fence, failureClass: failureClass, code: .sample("invalid_grant"),
          retryAfterMilliseconds: rotated == nil ? 0 : .max, rotated: rotated)
      }
    }
  }
}

extension Event {
  /// The facts as bytes.
  public var facts: [UInt8] {
    var bytes: [UInt8] = []
    encodeFacts(into: &bytes)
    return bytes
  }
}

/// The event of `facts`, or what is wrong with them.
public func decode(
  _ facts: [UInt8], at sequence: EventSequence = EventSamples.sequence
) -> Result<Event, EventDecodingError> {
  do throws(EventDecodingError) {
    return .success(try Event(facts: unsafe facts.span.bytes, sequence: sequence))
  } catch { return .failure(error) }
}
