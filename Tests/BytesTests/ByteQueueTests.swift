import Bytes
import Testing

@Suite struct ByteQueueTests {
  @Test func `bytes leave in the order they came, whatever the portions`() {
    var queue = ByteQueue()
    var next: UInt8 = 0
    var expected: UInt8 = 0
    for round in 1...2000 {
      for _ in 0..<(round * 7 % 23) {
        let byte = [next]
        queue.append(byte.span)
        next &+= 1
      }
      let leaving = min(queue.count, round * 5 % 29)
      for index in 0..<leaving {
        let byte = queue.span[index]
        #expect(byte == expected &+ UInt8(truncatingIfNeeded: index))
      }
      queue.removeFirst(leaving)
      expected &+= UInt8(truncatingIfNeeded: leaving)
    }
    queue.removeAll()
    let isEmpty = queue.isEmpty
    #expect(isEmpty)
  }

  @Test func `a large buffer is given back once it is empty`() {
    var queue = ByteQueue()
    let large = [UInt8](repeating: 1, count: ByteQueue.keptCapacityBytes * 4)
    queue.append(large.span)
    queue.removeFirst(large.count)
    let capacity = queue.storage.capacity
    #expect(capacity <= ByteQueue.keptCapacityBytes)
  }

  @Test func `removing more than waits traps`() async {
    await #expect(processExitsWith: .failure) {
      var queue = ByteQueue()
      queue.removeFirst(1)
    }
  }
}
