// fake-sso: an SSO on the loopback interface that asks nobody, for tests and for trying tokenledger
// without credentials. Prints one line when it is ready; SIGTERM and SIGINT end it with 0.
// The main thread waits for signals, a second one accepts.

import LinuxIO

@main
enum Program {
  static func main() {
    CurrentProcess.exit(run(Array(CommandLine.arguments.dropFirst())))
  }

  private static func run(_ words: [String]) -> Int32 {
    do throws(UsageError) {
      switch try Invocation(words) {
      case .help: return say(Invocation.helpText + "\n")
      case .serve(let options, let port): return serve(options, port)
      }
    } catch {
      complain(error.text)
      return 64
    }
  }

  private static func serve(_ options: FakeSSO.Options, _ port: UInt16) -> Int32 {
    do throws(SystemError) {
      Signal.brokenPipe.ignore()
      let signals = try SignalDescriptor([.terminate, .interrupt])
      let server = try WebServer(FakeSSO(options), port: port)
      _ = try SystemThread.start(name: "accept") {
        do throws(SystemError) { try server.run() } catch {
          complain("\(error)")
          CurrentProcess.exit(74)
        }
      }
      _ = say("ready url=\(try server.address())\n")
      let poll = try EventPoll()
      try poll.add(EventWord(descriptor: signals.rawValue, generation: 0), for: .readable)
      var events = EventBuffer(capacity: 1)
      while events.count == 0 { try poll.wait(timeoutMilliseconds: -1, into: &events) }
      return 0
    } catch {
      complain("\(error)")
      return 74
    }
  }

  private static func say(_ text: String) -> Int32 {
    do throws(SystemError) {
      try StandardStream.output.writeAll(Array(text.utf8).span)
      return 0
    } catch {
      return 74
    }
  }

  private static func complain(_ text: String) {
    // Nobody may be reading: the exit code says it too.
    try? StandardStream.error.writeAll(Array("fake-sso: \(text)\n".utf8).span)
  }
}
