// USERS_UPDATE in memory, and readers of it, for tests.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bridge/message_source.h"
#include "common/mutex.h"

namespace usersync::bridge {

// A plain document of a user.
inline std::string DocumentJson(const std::string& id) {
  return absl::StrCat(R"({"id":")", id, R"(","email":")", id,
                      R"(@example.com","status":"active","created_at":"2024-01-01T00:00:00Z",)",
                      R"("updated_at":"2024-01-01T00:00:00Z","_deleted":false})");
}

class FakeUpdateStream {
 public:
  void Publish(const std::string& payload, const std::string& receipt_token = "") {
    MutexLock lock(mutex_);
    UpdateMessage message;
    message.subject = "users.update.alice";
    message.payload = payload;
    message.receipt_token = receipt_token;
    message.sequence = ++last_sequence_;
    message.time_ns = clock_ns_ += 1000;
    messages_.push_back(std::move(message));
    changed_.NotifyAll();
  }

  // Deletes the stream and makes it again.
  void MakeAnew() {
    MutexLock lock(mutex_);
    messages_.clear();
    last_sequence_ = 0;
    ++generation_;
    changed_.NotifyAll();
  }

  // The last messages are lost, as after a crash before they reached the disk.
  void LoseTail(size_t count) {
    MutexLock lock(mutex_);
    messages_.resize(messages_.size() - count);
    last_sequence_ -= count;
    ++generation_;
    changed_.NotifyAll();
  }

  Position last() {
    MutexLock lock(mutex_);
    return messages_.empty() ? Position()
                             : MakePosition(messages_.back().sequence, messages_.back().time_ns);
  }

 private:
  friend class FakeMessageSource;

  Mutex mutex_;
  CondVar changed_;
  std::vector<UpdateMessage> messages_ GUARDED_BY(mutex_);
  uint64_t last_sequence_ GUARDED_BY(mutex_) = 0;
  int64_t clock_ns_ GUARDED_BY(mutex_) = 1700000000000000000;
  int generation_ GUARDED_BY(mutex_) = 0;
};

class FakeMessageSource final : public MessageSource {
 public:
  explicit FakeMessageSource(FakeUpdateStream& stream) : stream_(stream) {}

  absl::Status Open(const Position& after) override {
    MutexLock lock(stream_.mutex_);
    generation_ = stream_.generation_;
    next_ = FirstAfter(stream_.messages_, after);
    return absl::OkStatus();
  }

  absl::Status Take(size_t most, absl::Time deadline,
                    std::vector<UpdateMessage>* messages) override {
    MutexLock lock(stream_.mutex_);
    const auto has_something = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS {
      return most > 0 && (generation_ != stream_.generation_ || next_ < stream_.messages_.size());
    };
    while (!woken_ && !has_something() && absl::Now() < deadline) {
      stream_.changed_.WaitUntil(stream_.mutex_, deadline);
    }
    woken_ = false;
    if (most > 0 && generation_ != stream_.generation_) {
      return absl::UnavailableError("the stream is another one");
    }
    for (; most > 0 && next_ < stream_.messages_.size(); --most) {
      messages->push_back(stream_.messages_[next_++]);
    }
    return absl::OkStatus();
  }

  void Wake() override {
    MutexLock lock(stream_.mutex_);
    woken_ = true;
    stream_.changed_.NotifyAll();
  }

  absl::StatusOr<bool> HasLater(const Position& position) override {
    const Position last = stream_.last();
    return last.sequence() > 0 &&
           (last.sequence() > position.sequence() || NanosOf(last) > NanosOf(position));
  }

 private:
  // The index of the first message after a position; of the first later one if the message at
  // the position is not there.
  static size_t FirstAfter(const std::vector<UpdateMessage>& messages, const Position& after) {
    const auto holds = std::find_if(messages.begin(), messages.end(), [&](const auto& message) {
      return SamePosition(MakePosition(message.sequence, message.time_ns), after);
    });
    if (holds != messages.end()) return holds + 1 - messages.begin();
    const auto later = std::find_if(messages.begin(), messages.end(), [&](const auto& message) {
      return message.time_ns > NanosOf(after);
    });
    return later - messages.begin();
  }

  FakeUpdateStream& stream_;
  size_t next_ = 0;
  int generation_ = 0;
  bool woken_ = false;
};

}  // namespace usersync::bridge
