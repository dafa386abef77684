// Where the ledger is that a line talks about: flags first, then the environment, then what lies
// in the current directory.
// Pure: no path is looked at here.

/// A place to look for a ledger.
enum LedgerPlace: Equatable, Sendable {
  /// A daemon's socket.
  case socket(String)
  /// A ledger's directory.
  case directory(String)
  /// The daemon of the directory if one answers at its socket, else the directory itself.
  case nearby(directory: String)

  /// The directory that is looked at when nobody says otherwise.
  static let standardDirectory = "./ledger"

  /// The variables of the environment.
  static let socketVariable = "TOKENLEDGER_SOCKET"
  static let dataVariable = "TOKENLEDGER_DATA"

  /// The directory for a command that never asks a daemon.
  static func directory(_ arguments: Arguments, environment: [String: String]) -> String {
    arguments.value(.data) ?? environment[dataVariable].flatMap { $0.isEmpty ? nil : $0 }
      ?? standardDirectory
  }

  /// Decides between what was typed and the environment; an empty variable is none.
  init(_ arguments: Arguments, environment: [String: String]) {
    func variable(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    if let path = arguments.value(.socket) {
      self = .socket(path)
    } else if let path = arguments.value(.data) {
      self = .directory(path)
    } else if let path = variable(LedgerPlace.socketVariable) {
      self = .socket(path)
    } else if let path = variable(LedgerPlace.dataVariable) {
      self = .directory(path)
    } else {
      self = .nearby(directory: LedgerPlace.standardDirectory)
    }
  }
}

/// What a subcommand wants of the ledger.
enum LedgerUse: Equatable, Sendable {
  /// Only to look: possible in a directory also while a daemon works there.
  case reading
  /// To change what is there: in a directory, alone.
  case changing
  /// The same, but in a directory one that is not there is made.
  case writing
}
