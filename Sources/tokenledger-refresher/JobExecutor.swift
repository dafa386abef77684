// Where jobs run: threads of their own, so that nothing else in the process that keeps the shared
// ones busy can hold up a refresh whose lease is running out.
//
// Invariant: a job that was enqueued runs; the queue makes threads as it needs them, bounded by the
// slots of the board. Owner: the taker. SE-0417 (task executor preference).

import Dispatch

/// Runs the tasks of jobs on a queue of their own.
final class JobExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "jobs", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // Safe: the queue runs each job once.
    queue.async { [self] in unsafe job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
