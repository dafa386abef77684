// Rows of a dump, as a test needs them.

/// Rows of a dump as JSON.
enum Sample {
  /// The scope that the token has.
  static let scope =
    #"{"model": "esi.scope", "pk": 1, "fields": {"name": "publicData", "help_text": ""}}"#

  /// A good token, or one with another JSON value in a field; nil leaves the field out.
  static func token(pk: String = "7", replacing field: String? = nil, _ json: String? = nil)
    -> String
  {
    var fields: [(String, String?)] = [
      ("created", #""2026-11-23T11:44:09.668Z""#), ("access_token", #""at-7""#),
      ("refresh_token", #""rt-7""#), ("user", "3"), ("character_id", "95465499"),
      ("character_name", #""Pilot""#), ("token_type", #""character""#),
      ("character_owner_hash", #""owner=""#), ("sso_version", "2"), ("scopes", "[1]"),
    ]
    for index in fields.indices where fields[index].0 == field { fields[index].1 = json }
    let members = fields.compactMap { name, value in value.map { "\"\(name)\": \($0)" } }
    return #"{"model": "esi.token", "pk": \#(pk), "fields": {\#(members.joined(separator: ", "))}}"#
  }

  /// A dump of the scope and these tokens.
  static func dump(_ tokens: String...) -> String {
    "[\(([scope] + tokens).joined(separator: ",\n"))]"
  }
}
