// The newest changes in memory, dense and in order. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "store/feed_change.h"

namespace usersync::store {

class ChangeRing {
 public:
  struct Options {
    size_t count_limit = 20000;
    size_t byte_limit = 64 << 20;
  };

  explicit ChangeRing(Options options) : options_(options) {}

  // Forgets everything; what comes next follows `head`, whose checkpoint is given.
  void Reset(int64_t head, std::string checkpoint);

  // Adds the change after head(). Its sequence must be head() + 1. One that erases a user takes the
  // content of that user's earlier changes away.
  void Append(ChangePointer change);

  // The newest sequence that was appended, and its checkpoint.
  int64_t head() const { return head_; }
  const std::string& head_checkpoint() const { return head_checkpoint_; }

  // Whether everything after `after` is here.
  bool Covers(int64_t after) const {
    return after >= head_ - static_cast<int64_t>(changes_.size());
  }

  // The changes after `after`, at most `count` of them and about `bytes` but at least one if
  // there is any. Covers(after) must hold.
  std::vector<ChangePointer> After(int64_t after, size_t count, size_t bytes) const;

  // The change with this sequence, or null if it is not here.
  ChangePointer Find(int64_t sequence) const;

 private:
  struct Entry {
    ChangePointer change;
    size_t bytes;
  };

  void Forget(const std::string& user_id);

  const Options options_;
  std::deque<Entry> changes_;
  size_t bytes_ = 0;
  int64_t head_ = 0;
  std::string head_checkpoint_;
};

}  // namespace usersync::store
