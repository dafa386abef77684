// Why bytes are not the body of a snapshot. A snapshot is a cache: whatever is wrong with one, the
// remedy is to replay the log. Invariant: an error holds offsets, sizes and names of fields, and no
// byte of what was read. Schema: schema/snapshot.md section 3.

/// Why bytes could not be loaded as the body of a snapshot.
///
/// There is no state afterwards. Offsets count from the start of the body.
public enum SnapshotError: Error, Equatable, Sendable {
  /// There are fewer bytes than a head has.
  case tooShort(byteCount: Int)
  /// A version that this program does not know.
  case unknownVersion(UInt64)
  /// The body has other than the announced number of bytes: cut short, or gone on with.
  case wrongSize(announced: Int, actual: Int)
  /// A value that no state has; the field's name is one of schema/snapshot.md.
  case invalid(field: StaticString, offset: Int)

  /// Compares the cases, and field names by their text.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.tooShort(let left), .tooShort(let right)): left == right
    case (.unknownVersion(let left), .unknownVersion(let right)): left == right
    case (.wrongSize(let left, let count), .wrongSize(let right, let other)):
      left == right && count == other
    case (.invalid(let left, let at), .invalid(let right, let other)):
      left.description == right.description && at == other
    default: false
    }
  }
}

extension SnapshotError: CustomStringConvertible {
  /// What is wrong, without any byte of the snapshot.
  public var description: String {
    switch self {
    case .tooShort(let count): "its \(count) bytes are too few for a head"
    case .unknownVersion(let version): "version \(version) is unknown to this program"
    case .wrongSize(let announced, let actual):
      "it has \(actual) bytes where its head announces \(announced)"
    case .invalid(let field, let offset): "its \(field) at offset \(offset) cannot be"
    }
  }
}
