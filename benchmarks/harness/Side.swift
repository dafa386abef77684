// One side of a contest: something that works until a deadline and says how much it did. The loop
// of an in-process side reads the clock once a batch; a batch is at least ~20 µs of work, so that
// the clock's 25 ns do not show. Its p50, p99 and max are those of batch means.

import LinuxIO

/// Something whose speed is measured.
struct Side {
  let name: String
  /// The processor time that the side has used so far, in nanoseconds: what stays comparable when
  /// other programs take turns on the cores.
  var processorTime: () -> Int64 = ProcessorTime.ofThisProcess
  /// Works until about `deadline` (monotonic nanoseconds), records what operations took, and
  /// gives their number.
  let work: (_ deadline: Int64, _ latencies: inout LatencyHistogram) throws -> Int
}

extension Side {
  /// A side that calls `operation` with 0, 1, 2 … and keeps what it gives from being optimised
  /// away.
  static func inProcess(_ name: String, _ operation: @escaping (Int) -> UInt64) -> Side {
    var batchSize = 0
    var index = 0
    return Side(name: name) { deadline, latencies in
      if batchSize == 0 { batchSize = calibrate(operation) }
      var done = 0
      var start = SystemClock.monotonicNanoseconds()
      while start < deadline {
        for _ in 0..<batchSize {
          Checksum.consume(operation(index))
          index &+= 1
        }
        let end = SystemClock.monotonicNanoseconds()
        latencies.record(picoseconds: (end - start) * 1000 / Int64(batchSize))
        done += batchSize
        start = end
      }
      return done
    }
  }

  /// A side whose one call takes long and does `count` operations at once; it is called at least
  /// once a round.
  static func bulk(_ name: String, count: Int, _ work: @escaping () throws -> Void) -> Side {
    Side(name: name) { deadline, latencies in
      var done = 0
      var start = SystemClock.monotonicNanoseconds()
      repeat {
        try work()
        let end = SystemClock.monotonicNanoseconds()
        latencies.record(picoseconds: Int64(Double(end - start) * 1000 / Double(max(1, count))))
        done += count
        start = end
      } while start < deadline
      return done
    }
  }

  /// Doubles the batch until it takes 20 µs.
  private static func calibrate(_ operation: (Int) -> UInt64) -> Int {
    var size = 1
    while size < 1 << 20 {
      let start = SystemClock.monotonicNanoseconds()
      for index in 0..<size { Checksum.consume(operation(index)) }
      if SystemClock.monotonicNanoseconds() - start >= 20_000 { break }
      size *= 2
    }
    return size
  }
}
