#include "store/verifications.h"

#include <atomic>
#include <utility>

#include "absl/time/clock.h"
#include "common/status.h"
#include "store/history_verifier.h"
#include "store/rate_limited.h"
#include "store/signed_heads.h"
#include "store/sql_text.h"

namespace usersync::store {
namespace {

constexpr absl::Duration kProgressInterval = absl::Seconds(1);
// So many flaws are sent at once.
constexpr int kMostFlaws = 100;

}  // namespace

// Verifies on a thread of its own, which waits while a response is on its way: a slow client slows
// its verification and nothing else.
class Verifications::Call final : public Stream, public HistoryVerifier::Listener {
 public:
  Call(const Options& options, const users::v1::VerifyHistoryRequest& request)
      : options_(options), request_(request) {}

  absl::Status Run() {
    auto session = Session::Connect(options_.database);
    if (!session.ok()) return session.status();
    HistoryVerifier verifier(**session, *this);
    const absl::Status status = request_.user_id().empty()
                                    ? RunForAll(**session, verifier)
                                    : verifier.VerifyUser(request_.user_id());
    if (!status.ok()) return status;
    response_.set_done(true);
    return Send() ? absl::OkStatus() : absl::CancelledError("the client has gone");
  }

  void OnFlaw(const users::v1::HistoryFlaw& flaw) override {
    *response_.add_flaws() = flaw;
    if (response_.flaws_size() >= kMostFlaws) Send();
  }

  bool OnProgress(int64_t checked, int64_t total) override {
    response_.set_checked_count(checked);
    response_.set_total_count(total);
    if (response_.flaws().empty() && absl::Now() - last_sent_ < kProgressInterval) return !gone_;
    return Send();
  }

  void OnWriteDone(bool ok) override {
    MutexLock lock(mutex_);
    is_writing_ = false;
    ok_ = ok;
    written_.Notify();
  }

  void OnCancel() override { gone_ = true; }
  void OnDone() override { delete this; }

 private:
  absl::Status RunForAll(Session& session, HistoryVerifier& verifier) {
    const auto rows = session.Exec("SELECT epoch FROM feed");
    if (!rows.ok()) return rows.status();
    auto heads = ReadSignedHeads(options_.heads_path, options_.vkey_path,
                                 UuidText(ParseUuid(rows->front()[0].c_str())));
    if (!heads.ok()) return heads.status();
    for (std::string& text : heads->flaws) {
      users::v1::HistoryFlaw flaw;
      flaw.set_description(std::move(text));
      OnFlaw(flaw);
    }
    return verifier.VerifyAll(std::move(heads->heads));
  }

  // Returns whether the client still takes something.
  bool Send() {
    if (gone_) return false;
    {
      MutexLock lock(mutex_);
      is_writing_ = true;
    }
    StartWrite(&response_);
    MutexLock lock(mutex_);
    while (is_writing_) written_.Wait(mutex_);
    response_.clear_flaws();
    last_sent_ = absl::Now();
    return ok_ && !gone_;
  }

  const Options& options_;
  const users::v1::VerifyHistoryRequest request_;
  users::v1::VerifyHistoryResponse response_;
  absl::Time last_sent_ = absl::Now();
  std::atomic<bool> gone_ = false;
  Mutex mutex_;
  CondVar written_;
  bool is_writing_ GUARDED_BY(mutex_) = false;
  bool ok_ GUARDED_BY(mutex_) = true;
};

Verifications::Stream* Verifications::Begin(const users::v1::VerifyHistoryRequest& request,
                                            const absl::StatusOr<Caller>& caller) {
  auto* call = new Call(options_, request);
  const bool of_everyone = request.user_id().empty();
  if (!caller.ok()) {
    call->Finish(ToGrpc(caller.status()));
    return call;
  }
  auto slot = of_actors_.Take(caller->principal.actor);
  if (slot == nullptr) {
    call->Finish(ToGrpc(RateLimited("the number of verifications of one actor")));
  } else if (!Enter(of_everyone)) {
    call->Finish(ToGrpc(RateLimited("the number of verifications that run")));
  } else {
    threads_.Add([this, call, of_everyone, slot = std::move(slot)]() mutable {
      const absl::Status status = call->Run();
      Leave(of_everyone);
      slot.reset();
      call->Finish(ToGrpc(status));
    });
  }
  return call;
}

bool Verifications::Enter(bool of_everyone) {
  MutexLock lock(mutex_);
  int& running = of_everyone ? of_everyone_ : of_users_;
  if (running >= (of_everyone ? options_.most_of_everyone : options_.most_of_users)) return false;
  ++running;
  return true;
}

void Verifications::Leave(bool of_everyone) {
  MutexLock lock(mutex_);
  --(of_everyone ? of_everyone_ : of_users_);
}

}  // namespace usersync::store
