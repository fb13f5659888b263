// Makes one dense sequence of all that is asked for. Submissions enter a bounded queue; one
// writer thread takes all that is waiting, up to a limit, decides it in memory and commits it in
// one transaction (adaptive group commit: a lone mutation goes at once, under load the batch
// grows). Several stores may run on one database: the lock of the row `feed` orders them.
// Thread-safe.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/mutex.h"
#include "common/thread_pool.h"
#include "store/batch.h"
#include "store/change_feed.h"
#include "store/counters.h"
#include "store/request.h"
#include "store/session.h"

namespace usersync::store {

class Sequencer {
 public:
  struct Options {
    Session::Options database;
    // How many requests one transaction takes, and how many may wait.
    size_t batch_limit = 1000;
    size_t queue_limit = 20000;
    // How long a batch is tried again while the database is away, before its callers are told.
    absl::Duration retry_for = absl::Seconds(5);
    // How long a commit in doubt is asked about before its callers are told that nobody knows.
    absl::Duration settle_for = absl::Seconds(60);
    // How many users and addresses are kept in memory between batches.
    size_t cache_limit = 20000;
  };

  // `feed` gets every commit; both must outlive this.
  Sequencer(Options options, ChangeFeed& feed, Counters& counters);
  ~Sequencer();

  // Calls `submission.done` once: with the answers after the commit, or with
  //   ABORTED, POSITION_MOVED with metadata `position`: the source is elsewhere;
  //   UNAVAILABLE: the queue is full, the store is stopping, or the database is away.
  void Submit(Submission submission);

  // Refuses what comes from now on and finishes what was submitted; while the database is away it
  // tries until `deadline`. Everything is answered when it returns.
  void Stop(absl::Time deadline);

  // How many requests wait for a batch.
  size_t queued();

 private:
  using Batch_ = std::vector<Submission>;
  struct Attempt;

  void Run();
  Batch_ TakeBatch();
  void Process(Batch_ batch);
  absl::Status Try(Batch_& batch, Attempt& attempt);
  absl::Status Connect();
  absl::Status CatchUpLog(Attempt& attempt);
  absl::Status DecideAndWrite(Batch_& batch, Attempt& attempt);
  absl::Status WriteInParts(Batch& batch, Attempt& attempt);
  absl::Status WriteOneByOne(Batch& batch, Attempt& attempt);
  absl::Status WriteLog(const Attempt& attempt);
  absl::Status CheckMoves(Batch_& batch, Attempt& attempt);
  absl::Status Commit(Attempt& attempt);
  absl::Status Settle(Attempt& attempt);
  void Answer(Batch_& batch, Attempt& attempt);
  void DropSession();
  // `time`, or earlier if the store must stop by then.
  absl::Time AtMost(absl::Time time);

  const Options options_;
  ChangeFeed& feed_;
  Counters& counters_;

  Mutex mutex_;
  CondVar changed_;
  std::deque<Submission> queue_ GUARDED_BY(mutex_);
  size_t queued_requests_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  // Until when a database that is away is tried again, at most.
  absl::Time stop_by_ GUARDED_BY(mutex_) = absl::InfiniteFuture();

  // The writer thread's own.
  std::unique_ptr<Session> session_;
  BatchState state_;
  int64_t partitioned_up_to_ = 0;

  // Talks to the database while the writer decides; never both at once.
  ThreadPool writer_helper_{1};
  std::thread writer_;
};

}  // namespace usersync::store
