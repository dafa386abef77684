// crash-test: the real daemon under fire. Clients keep their own list of what was acknowledged,
// and after every death of the daemon the ledger is compared with it.
// The one place that prints. Exit codes: 0 passed or SKIPPED, 1 a finding, 64 usage, 74 the test
// itself could not go on. What a failed run left behind is kept, and its path told.

import LinuxIO

@main
enum Program {
  static func main() {
    CurrentProcess.exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  private static func run(_ arguments: [String]) -> Int32 {
    Signal.brokenPipe.ignore()
    let options: Options
    do throws(UsageError) { options = try Options(arguments) } catch {
      say("crash-test: \(error.text)\n\(Options.usage)")
      return 64
    }
    do throws(Trouble) {
      let place = try Workplace(under: options.directory)
      let assignment = Assignment(
        daemon: options.daemon, rounds: options.rounds, seed: options.seed, place: place,
        flags: try DaemonCommand.flags(of: options.daemon, in: place.path))
      return play(options.mode, assignment)
    } catch {
      say("crash-test \(options.mode.rawValue): \(error)")
      return 74
    }
  }

  private static func play(_ mode: Options.Mode, _ assignment: Assignment) -> Int32 {
    switch mode {
    case .kill: return play(mode, KillCampaign(assignment), assignment)
    case .inject: return play(mode, InjectCampaign(assignment), assignment)
    case .disk: return play(mode, DiskCampaign(assignment), assignment)
    }
  }

  private static func play(
    _ mode: Options.Mode, _ campaign: some Campaign, _ assignment: Assignment
  ) -> Int32 {
    var campaign = campaign
    let name = "crash-test \(mode.rawValue)"
    do throws(Trouble) {
      let lines = try campaign.run()
      say((["\(name): passed, seed \(assignment.seed)"] + lines).joined(separator: "\n  "))
      Workplace.remove(assignment.place.path)
      return 0
    } catch {
      return tell(error, name, round: campaign.round, assignment)
    }
  }

  private static func tell(
    _ trouble: Trouble, _ name: String, round: Int, _ assignment: Assignment
  ) -> Int32 {
    let path = assignment.place.path
    switch trouble {
    case .finding(let text):
      say("\(name): FAILED, seed \(assignment.seed), round \(round): \(text)")
      say("  kept for a look: \(path)")
      return 1
    case .setup(let text):
      say("\(name): cannot go on in round \(round): \(text); files are in \(path)")
      return 74
    case .notPermitted(let why):
      say("SKIPPED \(name): \(why)")
      Workplace.remove(path)
      return 0
    }
  }

  private static func say(_ text: String) {
    // Nobody may be reading; the exit code says it too.
    try? StandardStream.output.writeAll(Array((text + "\n").utf8).span)
  }
}
