// USERS_BROADCAST in memory, with its guard and its window for duplicates, for tests. Several
// bridges share one FakeBroadcasts; each has a FakeBroadcastStream. Thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bridge/broadcast_stream.h"
#include "common/mutex.h"

namespace usersync::bridge {

class FakeBroadcasts {
 public:
  absl::StatusOr<uint64_t> Store(const BroadcastRequest& request) {
    MutexLock lock(mutex_);
    const std::string& checkpoint = request.change.checkpoint();
    if (remembers_ids_ && !ids_.insert(checkpoint).second) {
      return absl::AlreadyExistsError("duplicate");
    }
    if (request.expected_last != last_) {
      if (remembers_ids_) ids_.erase(checkpoint);
      return absl::AbortedError("wrong last sequence");
    }
    marks_[++last_] = {checkpoint, request.change.version().sequence()};
    return last_;
  }

  // As an operator would.
  void Purge() {
    MutexLock lock(mutex_);
    marks_.clear();
  }
  void Delete(uint64_t sequence) {
    MutexLock lock(mutex_);
    marks_.erase(sequence);
  }
  void Add(const BroadcastMark& mark) {
    MutexLock lock(mutex_);
    marks_[++last_] = mark;
  }
  // Whether the same message id is refused, as within the stream's window.
  void RememberIds(bool remember) {
    MutexLock lock(mutex_);
    remembers_ids_ = remember;
    ids_.clear();
  }

  // The sequences of the changes in the stream, in its order.
  std::vector<int64_t> changes() {
    MutexLock lock(mutex_);
    std::vector<int64_t> result;
    for (const auto& [sequence, mark] : marks_) result.push_back(mark.sequence);
    return result;
  }
  std::map<uint64_t, BroadcastMark> marks() {
    MutexLock lock(mutex_);
    return marks_;
  }
  uint64_t last() {
    MutexLock lock(mutex_);
    return last_;
  }

 private:
  Mutex mutex_;
  std::map<uint64_t, BroadcastMark> marks_ GUARDED_BY(mutex_);
  uint64_t last_ GUARDED_BY(mutex_) = 0;
  bool remembers_ids_ GUARDED_BY(mutex_) = false;
  std::set<std::string> ids_ GUARDED_BY(mutex_);
};

class FakeBroadcastStream final : public BroadcastStream {
 public:
  explicit FakeBroadcastStream(FakeBroadcasts& broadcasts) : broadcasts_(broadcasts) {}

  absl::StatusOr<State> ReadState() override {
    const auto marks = broadcasts_.marks();
    const uint64_t last = broadcasts_.last();
    return State{marks.size(), marks.empty() ? last + 1 : marks.begin()->first, last};
  }

  absl::StatusOr<BroadcastMark> ReadMark(uint64_t sequence) override {
    const auto marks = broadcasts_.marks();
    const auto found = marks.find(sequence);
    if (found == marks.end()) return absl::NotFoundError("no such message");
    return found->second;
  }

  absl::Status Publish(const BroadcastRequest& request) override {
    Answer answer{request.run, request.expected_last, broadcasts_.Store(request)};
    MutexLock lock(mutex_);
    published_.push_back(request.expected_last);
    if (!request.wants_answer) return absl::OkStatus();
    ++asked_;
    if (holding_) {
      held_.push_back(std::move(answer));
      return absl::OkStatus();
    }
    listener_(answer);
    return absl::OkStatus();
  }

  void Listen(Listener listener) override {
    MutexLock lock(mutex_);
    listener_ = std::move(listener);
  }

  void Beat(const std::string&, int64_t sequence) override {
    MutexLock lock(mutex_);
    beats_.push_back(sequence);
  }

  // Keeps answers back until Release.
  void Hold() {
    MutexLock lock(mutex_);
    holding_ = true;
  }
  void Release() {
    MutexLock lock(mutex_);
    holding_ = false;
    for (const Answer& answer : std::exchange(held_, {})) listener_(answer);
  }

  int asked() {
    MutexLock lock(mutex_);
    return asked_;
  }
  std::vector<uint64_t> published() {
    MutexLock lock(mutex_);
    return published_;
  }
  std::vector<int64_t> beats() {
    MutexLock lock(mutex_);
    return beats_;
  }

 private:
  FakeBroadcasts& broadcasts_;
  Mutex mutex_;
  Listener listener_ GUARDED_BY(mutex_);
  bool holding_ GUARDED_BY(mutex_) = false;
  std::vector<Answer> held_ GUARDED_BY(mutex_);
  int asked_ GUARDED_BY(mutex_) = 0;
  std::vector<uint64_t> published_ GUARDED_BY(mutex_);
  std::vector<int64_t> beats_ GUARDED_BY(mutex_);
};

}  // namespace usersync::bridge
