// What can be wrong with flags and the client's secret. The operator acts; nothing was started.
//
// Invariant: no case holds a value that was given: one in the wrong place may be a secret. The
// words are in Wording.swift.

import LedgerClient
import LinuxIO

/// Why the settings cannot be used.
enum SettingsError: Error, Equatable {
  case unknownFlag(String)
  /// An argument, counted from 1, that is neither a flag nor a flag's value.
  case strayWord(position: Int)
  case missingValue(String)
  case missing(String)
  case invalid(name: String, expected: String)
  case secretFile(SystemError)
  /// What the file or the variable holds is no secret.
  case invalidSecret(place: String)
}

/// Why the program ended without having been told to.
enum StartError: Error, Equatable {
  case settings(SettingsError)
  case system(SystemError)
  /// The ledger was not reached in time, or does not let us take.
  case neverAdmitted(ClientError)
  /// The ledger has been away for longer than `--give-up`.
  case ledgerGone(ClientError)

  /// The exit code, of sysexits.h.
  var code: Int32 {
    switch self {
    case .settings: 64
    case .neverAdmitted, .ledgerGone: 69
    case .system: 74
    }
  }
}
