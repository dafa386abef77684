// tokenledgerd: serves a token ledger on a Unix socket. It links no Foundation and speaks to no
// network, so that it stays small and starts at once.
// The one place that prints why it does not start; exit codes are those of `StartError`.

import LinuxIO

/// The version of the daemon, as HELLO, INFO and `opened` events name it.
let programVersion = "0.1.0"

@main
enum Program {
  static func main() {
    CurrentProcess.exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  private static func run(_ arguments: [String]) -> Int32 {
    do throws(StartError) {
      switch try invocation(arguments) {
      case .help: return say(Invocation.helpText)
      case .version: return say("tokenledgerd \(programVersion)")
      case .serve(let source): return try Daemon(source, try settings(source)).run()
      }
    } catch {
      let line = "tokenledgerd: \(error.text)\n"
      try? StandardStream.error.writeAll(Array(line.utf8).span)
      return error.code
    }
  }

  private static func invocation(_ arguments: [String]) throws(StartError) -> Invocation {
    do throws(SettingsError) { return try Invocation(arguments) } catch { throw .settings(error) }
  }

  private static func settings(_ source: SettingsSource) throws(StartError) -> Settings {
    do throws(SettingsError) { return try source.settings() } catch { throw .settings(error) }
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
