// A store in memory, for tests: a position, a dense feed, and whatever trouble a test asks for.
// Thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bridge/position.h"
#include "bridge/store_client.h"
#include "common/mutex.h"
#include "common/status.h"

namespace usersync::bridge {

class FakeStore final : public StoreClient {
 public:
  using IngestRequest = users::internal::v1::IngestRequest;
  using IngestResponse = users::internal::v1::IngestResponse;

  // What happens to an Ingest; OK commits it.
  using Trouble = std::function<absl::Status(const IngestRequest& request)>;
  void SetTrouble(Trouble trouble) {
    MutexLock lock(mutex_);
    trouble_ = std::move(trouble);
  }
  // Commits the next Ingest but loses the answer.
  void LoseNextAnswer() {
    MutexLock lock(mutex_);
    lose_answer_ = true;
  }
  // Keeps answers back until Release.
  void Hold() {
    MutexLock lock(mutex_);
    holding_ = true;
  }
  void Release() {
    std::vector<std::function<void()>> held;
    {
      MutexLock lock(mutex_);
      holding_ = false;
      held.swap(held_);
    }
    for (const auto& answer : held) answer();
  }
  size_t held() {
    MutexLock lock(mutex_);
    return held_.size();
  }

  // Commits changes that came from elsewhere.
  void Commit(int count) {
    MutexLock lock(mutex_);
    for (int i = 0; i < count; ++i) AddChange();
  }
  // Goes back to an earlier state, and on in another history.
  void Restore(const Position& position, size_t head) {
    MutexLock lock(mutex_);
    position_ = position;
    history_.resize(head);
    ++epoch_;
    changed_.NotifyAll();
  }

  // Commits the erasure of a user.
  void Erase(const std::string& user_id) {
    MutexLock lock(mutex_);
    AddChange();
    auto& erasure = *erasures_.add_erasures();
    erasure.set_sequence(int64_t(history_.size()));
    erasure.set_user_id(user_id);
  }
  // How far erasures were carried out.
  Position erased() {
    MutexLock lock(mutex_);
    return erased_;
  }

  Position position() {
    MutexLock lock(mutex_);
    return position_;
  }
  void set_position(const Position& position) {
    MutexLock lock(mutex_);
    position_ = position;
  }
  // Every request that was committed; the ids of the users in it, in order; and how many were
  // sent, committed or not.
  std::vector<IngestRequest> committed() {
    MutexLock lock(mutex_);
    return committed_;
  }
  std::vector<std::string> users() {
    MutexLock lock(mutex_);
    return users_;
  }
  int sent() {
    MutexLock lock(mutex_);
    return sent_;
  }
  size_t head() {
    MutexLock lock(mutex_);
    return history_.size();
  }
  std::string CheckpointOf(size_t sequence) {
    MutexLock lock(mutex_);
    return sequence == 0 ? "cp-0" : history_[sequence - 1];
  }

  absl::StatusOr<Position> GetPosition(const std::string& source) override {
    return source == "ERASURES" ? erased() : position();
  }

  absl::StatusOr<users::internal::v1::ListErasuresResponse> ListErasures(int64_t after) override {
    MutexLock lock(mutex_);
    users::internal::v1::ListErasuresResponse response;
    for (const auto& erasure : erasures_.erasures()) {
      if (erasure.sequence() > after) *response.add_erasures() = erasure;
    }
    return response;
  }

  // What was reported, in order.
  std::vector<int64_t> broadcasts() {
    MutexLock lock(mutex_);
    return broadcasts_;
  }

  absl::Status ReportBroadcast(int64_t sequence) override {
    MutexLock lock(mutex_);
    broadcasts_.push_back(sequence);
    return absl::OkStatus();
  }

  void Ingest(const IngestRequest& request, IngestDone done) override {
    std::function<void()> answer;
    {
      MutexLock lock(mutex_);
      ++sent_;
      answer = [done = std::move(done), result = Decide(request)] { done(result); };
      if (holding_) {
        held_.push_back(std::move(answer));
        return;
      }
    }
    answer();
  }

  void Pull(const users::v1::PullRequest& request, PullDone done) override {
    const auto after = Find(request.checkpoint());
    if (!after.ok()) return done(after.status());
    users::v1::PullResponse response;
    if (*after < head()) response.add_users()->set_sequence(static_cast<int64_t>(*after) + 1);
    done(response);
  }

  std::unique_ptr<ChangeStream> Watch(const users::v1::WatchRequest& request) override {
    return std::make_unique<Feed>(*this, request.checkpoint());
  }

 private:
  class Feed final : public ChangeStream {
   public:
    Feed(FakeStore& store, const std::string& checkpoint) : store_(store) {
      const auto after = store.Find(checkpoint);
      status_ = after.status();
      MutexLock lock(store_.mutex_);
      if (after.ok()) next_ = *after;
      epoch_ = store_.epoch_;
    }

    absl::Status Next(absl::Time deadline, users::v1::WatchResponse* response) override {
      MutexLock lock(store_.mutex_);
      const absl::Time heartbeat = std::min(deadline, absl::Now() + absl::Milliseconds(5));
      while (status_.ok() && epoch_ == store_.epoch_ && next_ >= store_.history_.size() &&
             absl::Now() < heartbeat) {
        store_.changed_.WaitUntil(store_.mutex_, heartbeat);
      }
      if (!status_.ok()) return status_;
      if (epoch_ != store_.epoch_) return Diverged();
      response->Clear();
      response->set_epoch("epoch");
      response->set_head_sequence(int64_t(store_.history_.size()));
      if (next_ >= store_.history_.size()) response->mutable_heartbeat();
      for (int i = 0; i < kPage && next_ < store_.history_.size(); ++i, ++next_) {
        auto& change = *response->mutable_changes()->add_changes();
        change.set_checkpoint(store_.history_[next_]);
        change.mutable_version()->set_sequence(int64_t(next_) + 1);
      }
      return absl::OkStatus();
    }

    void Cancel() override {
      MutexLock lock(store_.mutex_);
      status_ = absl::CancelledError("cancelled");
      store_.changed_.NotifyAll();
    }

   private:
    static constexpr int kPage = 20;

    FakeStore& store_;
    absl::Status status_;
    size_t next_ = 0;
    int epoch_ = 0;
  };

  static absl::Status Diverged() {
    return Error(absl::StatusCode::kFailedPrecondition, "CHECKPOINT_DIVERGED", "another history");
  }

  // The sequence of a checkpoint.
  absl::StatusOr<size_t> Find(const std::string& checkpoint) {
    MutexLock lock(mutex_);
    if (checkpoint.empty() || checkpoint == "cp-0") return 0;
    for (size_t i = 0; i < history_.size(); ++i) {
      if (history_[i] == checkpoint) return i + 1;
    }
    return Diverged();
  }

  void AddChange() REQUIRES(mutex_) {
    history_.push_back(absl::StrCat("cp-", epoch_, "-", history_.size() + 1));
    changed_.NotifyAll();
  }

  absl::StatusOr<IngestResponse> Decide(const IngestRequest& request) REQUIRES(mutex_) {
    if (trouble_) {
      if (auto status = trouble_(request); !status.ok()) return status;
    }
    Position& position = request.source() == "ERASURES" ? erased_ : position_;
    if (!SamePosition(request.after(), position)) {
      return Error(absl::StatusCode::kAborted, "POSITION_MOVED", "moved",
                   {{"position", absl::StrCat(position.sequence())},
                    {"time_ns", absl::StrCat(NanosOf(position))}});
    }
    position = request.through();
    committed_.push_back(request);
    IngestResponse response;
    for (const auto& entry : request.entries()) {
      auto& receipt = *response.add_receipts();
      if (entry.has_undecodable()) {
        receipt.set_outcome(users::v1::OUTCOME_INVALID);
        response.add_refused_ids(++refused_);
        continue;
      }
      AddChange();
      users_.push_back(entry.mutation().user().id());
      receipt.set_outcome(users::v1::OUTCOME_APPLIED);
      receipt.set_sequence(int64_t(history_.size()));
      response.add_refused_ids(0);
    }
    if (std::exchange(lose_answer_, false)) return absl::UnavailableError("the answer is lost");
    return response;
  }

  Mutex mutex_;
  CondVar changed_;
  Trouble trouble_ GUARDED_BY(mutex_);
  bool lose_answer_ GUARDED_BY(mutex_) = false;
  bool holding_ GUARDED_BY(mutex_) = false;
  std::vector<std::function<void()>> held_ GUARDED_BY(mutex_);
  Position position_ GUARDED_BY(mutex_);
  Position erased_ GUARDED_BY(mutex_);
  users::internal::v1::ListErasuresResponse erasures_ GUARDED_BY(mutex_);
  int epoch_ GUARDED_BY(mutex_) = 1;
  // The checkpoint of every change.
  std::vector<std::string> history_ GUARDED_BY(mutex_);
  std::vector<IngestRequest> committed_ GUARDED_BY(mutex_);
  std::vector<std::string> users_ GUARDED_BY(mutex_);
  std::vector<int64_t> broadcasts_ GUARDED_BY(mutex_);
  int sent_ GUARDED_BY(mutex_) = 0;
  int64_t refused_ GUARDED_BY(mutex_) = 0;
};

}  // namespace usersync::bridge
