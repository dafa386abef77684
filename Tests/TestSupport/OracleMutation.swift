// The mutations of the recorded cases: operations that change tokens, what the SSO answered to
// them, and what came out. Tests/Fixtures/oracle-v1/FORMAT.md, "Mutations" and "SSO scripts".

/// What an SSO without memory answers to each refresh token.
public struct OracleScript: Decodable, Sendable {
  /// By which mutations name it.
  public let name: String
  /// The outcome for a refresh token that is not listed.
  public let standard: String
  /// Refresh tokens by outcome.
  public let outcomes: [String: [String]]

  /// The outcome for a refresh token.
  public func outcome(of refreshToken: String) -> String {
    outcomes.first { $0.value.contains(refreshToken) }?.key ?? standard
  }

  enum CodingKeys: String, CodingKey {
    case name, outcomes
    case standard = "default"
  }
}

/// An operation that changes tokens, and what it came to.
public struct OracleMutation: Decodable, Sendable {
  /// What is done.
  public let op: String
  /// The steps of a chain; the last one changes tokens.
  public let steps: [OracleQuery]?
  /// The token that it is about.
  public let token: Int64?
  /// The character of `get_valid_token`.
  public let characterID: Int64?
  /// The scopes of `get_valid_token`.
  public let scopes: OracleScopes?
  /// The fraction of `cleanup_token_subset`.
  public let fraction: Int64?
  /// "Now" for this mutation only.
  public let clock: Int64?
  /// The script's name.
  public let sso: String
  /// The user of `create_from_code`; nil for none.
  public let user: Int64?
  /// What the access token of `create_from_code` says.
  public let claims: Claims?
  /// The token endpoint's answer in `create_from_code`.
  public let response: Response?
  /// Whether `create_from_code` never renews a token.
  public let alwaysCreate: Bool?
  /// Set where the answer is an accident of django-esi rather than a rule.
  public let quirk: String?
  /// What came out.
  public let expect: Expectation

  /// What an access token says.
  public struct Claims: Decodable, Sendable {
    /// The character.
    public let characterID: Int64
    /// Its name.
    public let name: String
    /// Its owner hash.
    public let owner: String
    /// `character` or `corporation`.
    public let tokenType: String
    /// The scopes: a text is one scope, whatever is in it.
    public let scp: OracleScopes?

    enum CodingKeys: String, CodingKey {
      case name, owner, scp
      case characterID = "character_id"
      case tokenType = "token_type"
    }

    /// The scopes' names.
    public var scopes: [String] {
      switch scp {
      case nil: []
      case .text(let name): [name]
      case .list(let names): names
      }
    }
  }

  /// An answer with tokens.
  public struct Response: Decodable, Sendable {
    /// The access token.
    public let accessToken: String
    /// The refresh token; text, empty text or nil.
    public let refreshToken: String?

    enum CodingKeys: String, CodingKey {
      case accessToken = "access_token"
      case refreshToken = "refresh_token"
    }
  }

  /// A token that a login made.
  public struct Created: Decodable, Sendable {
    /// Its name.
    public let characterName: String
    /// Its scopes.
    public let scopes: [String]
    /// Its user.
    public let user: Int64?
    /// Its access token.
    public let accessToken: String
    /// Its refresh token.
    public let refreshToken: String?

    enum CodingKeys: String, CodingKey {
      case scopes, user
      case characterName = "character_name"
      case accessToken = "access_token"
      case refreshToken = "refresh_token"
    }
  }

  /// What a mutation came to.
  public struct Expectation: Decodable, Sendable {
    /// Ids given back, ascending; nil if there are none or it raised.
    ///
    /// That of a token that a login made is nil.
    public let returned: [Int64?]?
    /// The access token that was given.
    public let accessToken: String?
    /// The error's class.
    public let raised: String?
    /// The refreshes that were tried, in their order.
    public let attempts: [Attempt]
    /// The ids that are left.
    public let surviving: [Int64]
    /// The tokens that are left and have other values.
    public let changed: [Change]
    /// The tokens that a login made.
    public let created: [Created]
    /// The tokens of which any may be given back after a login; a new one is nil.
    public let returnedAnyOf: [Int64?]?

    enum CodingKeys: String, CodingKey {
      case returned, raised, attempts, surviving, changed, created
      case returnedAnyOf = "returned_any_of"
      case accessToken = "access_token"
    }

    /// Reads what came out.
    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      let ids = try values.decodeIfPresent([RecordedID].self, forKey: .returned)
      returned = ids?.map(\.number)
      accessToken = try values.decodeIfPresent(String.self, forKey: .accessToken)
      raised = try values.decodeIfPresent(String.self, forKey: .raised)
      attempts = try values.decode([Attempt].self, forKey: .attempts)
      surviving = try values.decode([RecordedID].self, forKey: .surviving).compactMap(\.number)
      changed = try values.decode([Change].self, forKey: .changed)
      created = try values.decodeIfPresent([Created].self, forKey: .created) ?? []
      let anyOf = try values.decodeIfPresent([RecordedID].self, forKey: .returnedAnyOf)
      returnedAnyOf = anyOf?.map(\.number)
    }
  }

  /// A token's number, or `"new"`.
  private struct RecordedID: Decodable {
    let number: Int64?

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      number = try? value.decode(Int64.self)
    }
  }

  /// One refresh that was tried: `[id, outcome]`.
  public struct Attempt: Decodable, Sendable {
    /// The token.
    public let id: Int64
    /// `refreshed`, or the error's class.
    public let outcome: String

    /// Reads the pair.
    public init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      id = try values.decode(Int64.self)
      outcome = try values.decode(String.self)
    }
  }

  /// The new values of a token; those that are absent did not change.
  public struct Change: Decodable, Sendable {
    /// The token.
    public let id: Int64
    /// The access token.
    public let accessToken: String?
    /// The refresh token; text, empty text or nil.
    public let refreshToken: String?
    /// The time of the refresh, in microseconds since 1970.
    public let createdMicroseconds: Int64?
    /// 1 or 2.
    public let ssoVersion: Int64?

    enum CodingKeys: String, CodingKey {
      case id
      case accessToken = "access_token"
      case refreshToken = "refresh_token"
      case createdMicroseconds = "created_us"
      case ssoVersion = "sso_version"
    }
  }

  enum CodingKeys: String, CodingKey {
    case op, steps, token, scopes, fraction, clock, sso, quirk, expect, user, claims, response
    case alwaysCreate = "always_create"
    case characterID = "character_id"
  }
}
