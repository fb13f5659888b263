// Hands out changes after a position, in sequence order, each once: a ring of the newest in
// memory, the database behind it. The ring only ever grows by head + 1; whatever else comes is
// first filled from the database, so that two stores never make a hole. Thread-safe.
//
// If the database turns out to hold another history than the ring (it was restored from a
// backup), the ring begins again and `generation` grows: readers must then check the checkpoint
// that they stand at.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/mutex.h"
#include "store/change_ring.h"
#include "store/session_pool.h"

namespace usersync::store {

class ChangeFeed {
 public:
  struct Options {
    Session::Options database;
    ChangeRing::Options ring = {};
    // How often the database is asked for its head, whether or not another store spoke up.
    absl::Duration poll = absl::Seconds(1);
    // The size of a page: what a watcher who does not read may keep in memory.
    size_t page_count = 256;
    size_t page_bytes = 256 << 10;
  };

  struct Head {
    int64_t sequence = 0;
    std::string checkpoint;
    int64_t generation = 0;
  };

  // `pool` serves reads behind the ring and must outlive this.
  ChangeFeed(Options options, SessionPool& pool);
  ~ChangeFeed();

  // Reads where the database stands and begins to follow it. UNAVAILABLE if it is away.
  absl::Status Start();

  // The id of the database: 16 bytes, and as text.
  std::string epoch() const;
  std::string epoch_text() const;
  Head head() const;
  // Of head().
  int64_t generation() const { return generation_; }
  // Grows with every erasure that it hears of, and with Forget: what was read before may hold what
  // is gone.
  int64_t erasures() const { return erasures_; }

  // Whether the database was reached at the last try.
  bool healthy() const { return healthy_; }

  // Says that this store is about to commit up to `sequence` and will Publish it: word of it from
  // the database is no news.
  void Expect(int64_t sequence) { expected_ = sequence; }

  // Takes what this store has committed, in order.
  void Publish(std::vector<ChangePointer> changes);

  // Forgets what it has in memory, because the database holds less of it now. Other stores notice
  // by themselves, within Options::poll.
  void Forget();

  // The next page after a position, if the ring has it: empty at the head. Never blocks long.
  // Returns false if only the database has it, or the users before the changes if `with_before`.
  bool TryRead(int64_t after, bool with_before, std::vector<ChangePointer>* page) const;

  // The same from the database; CHECKPOINT_TOO_OLD as below. Blocks.
  absl::StatusOr<std::vector<ChangePointer>> ReadBack(int64_t after, bool with_before) const;

  // The sequence that a checkpoint names, archived or not, checked against the database.
  // INVALID_ARGUMENT if it is none; FAILED_PRECONDITION, CHECKPOINT_DIVERGED, if it is of another
  // history. Blocks.
  absl::StatusOr<int64_t> Resolve(const std::string& checkpoint) const;

  // The same for one who needs every change after it: OUT_OF_RANGE, CHECKPOINT_TOO_OLD, if one of
  // them is archived; metadata holds the `oldest_checkpoint` that is not too old. Blocks.
  absl::StatusOr<int64_t> ResolveForChanges(const std::string& checkpoint) const;

  struct Place {
    int64_t sequence = 0;
    std::string checkpoint;
  };
  // Before the oldest change that is not archived. Blocks.
  absl::StatusOr<Place> Oldest() const;

  // Calls `wake` from one thread after the head has moved, and every `tick`.
  void SetListener(std::function<void()> wake, absl::Duration tick);
  void ClearListener();

 private:
  void Follow();
  void Dispatch();
  void FillGap();
  void Append(std::vector<ChangePointer>& changes) REQUIRES(mutex_);
  void ForgetLocked() REQUIRES(mutex_);
  void Wake();
  absl::Status FollowSession();
  absl::Status CatchUp(Session& session);
  absl::Status Begin(Session& session);
  absl::StatusOr<bool> GoesOn(Session& session, const Head& ring, const std::string& epoch);

  const Options options_;
  SessionPool& pool_;
  std::atomic<bool> healthy_ = false;
  std::atomic<bool> stopping_ = false;
  std::atomic<int64_t> expected_ = 0;

  mutable Mutex mutex_;
  ChangeRing ring_ GUARDED_BY(mutex_);
  std::string epoch_ GUARDED_BY(mutex_);
  // Grows under mutex_.
  std::atomic<int64_t> generation_ = 0;
  std::atomic<int64_t> erasures_ = 0;
  // How often actors had lost their names in the database when it was asked last.
  int64_t pseudonyms_ GUARDED_BY(mutex_) = 0;
  // Whether the database may hold another history than the ring: nothing is appended until the
  // follower has looked.
  bool suspect_ GUARDED_BY(mutex_) = false;
  // The newest sequence that is known to be committed and not in the ring.
  int64_t missing_up_to_ GUARDED_BY(mutex_) = 0;
  CondVar moved_;
  bool has_moved_ GUARDED_BY(mutex_) = false;

  // Held while the listener runs, so that ClearListener waits for it.
  Mutex listener_mutex_;
  std::function<void()> wake_ GUARDED_BY(listener_mutex_);
  absl::Duration tick_ GUARDED_BY(mutex_) = absl::Seconds(1);

  std::thread follower_;
  std::thread dispatcher_;
};

}  // namespace usersync::store
