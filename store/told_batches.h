// Remembers the newest rendered batches, so that a thousand watchers at one place cost one
// rendering. Thread-safe.
#pragma once

#include <deque>
#include <optional>

#include "common/mutex.h"
#include "store/told_batch.h"

namespace usersync::store {

class ToldBatches {
 public:
  struct Options {
    // How many are remembered, and how long: the time of sending in them is wrong by that much at
    // most.
    size_t count_limit = 64;
    absl::Duration life = absl::Milliseconds(100);
  };

  // Which batch: the first one after a sequence of one generation of the feed.
  struct Key {
    int64_t generation = 0;
    // How many erasures the feed had heard of before the batch was read.
    int64_t erasures = 0;
    int64_t after = 0;
    ChangeView view;

    bool operator==(const Key&) const = default;
  };

  explicit ToldBatches(Options options) : options_(options) {}

  std::optional<ToldBatch> Find(const Key& key, absl::Time now);

  // Remembers a batch that was rendered at `now`, instead of the oldest.
  void Add(const Key& key, ToldBatch batch, absl::Time now);

  // Drops what was read before the feed had heard of so many erasures, now and when it comes.
  void Forget(int64_t erasures);

 private:
  struct Entry {
    Key key;
    absl::Time made;
    ToldBatch batch;
  };

  const Options options_;
  Mutex mutex_;
  int64_t erasures_ GUARDED_BY(mutex_) = 0;
  // The newest in front.
  std::deque<Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace usersync::store
