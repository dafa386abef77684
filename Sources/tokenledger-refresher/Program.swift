// tokenledger-refresher: takes jobs from a running ledger, asks the SSO, and tells the outcomes.
// The daemon starts it, or somebody by hand; several of them may work for one ledger.
//
// The main thread reads signals and nothing else: the first one lets jobs in hand finish, the
// second ends at once. Exit codes are those of `StartError`.

import HTTP
import LinuxIO
import SSO

@main
enum Program {
  static func main() {
    CurrentProcess.exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  private static func run(_ arguments: [String]) -> Int32 {
    do throws(StartError) {
      switch try invocation(arguments) {
      case .help: return say(Invocation.helpText)
      case .version: return say("tokenledger-refresher \(programVersion)")
      case .work(let settings): return try Run(settings).run()
      }
    } catch {
      let line = "tokenledger-refresher: \(error.text)\n"
      try? StandardStream.error.writeAll(Array(line.utf8).span)
      return error.code
    }
  }

  /// The command line, with the client's secret.
  private static func invocation(_ arguments: [String]) throws(StartError) -> Invocation {
    do throws(SettingsError) {
      let invocation = try Invocation(arguments)
      guard case .work(var settings) = invocation else { return invocation }
      settings.secret = try ClientSecret.read(
        file: settings.secretFile, variable: Environment.value(of: ClientSecret.variable))
      Environment.remove(ClientSecret.variable)
      return .work(settings)
    } catch {
      throw .settings(error)
    }
  }

  private static func say(_ text: String) -> Int32 {
    do throws(SystemError) {
      try StandardStream.output.writeAll(Array((text + "\n").utf8).span)
      return 0
    } catch {
      return 74
    }
  }
}
