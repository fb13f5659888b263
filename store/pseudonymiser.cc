#include "store/pseudonymiser.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "common/log.h"
#include "store/field_error.h"

namespace usersync::store {
namespace {

using users::v1::PseudonymiseActorRequest;
using users::v1::PseudonymiseActorResponse;

// How many versions one step looks at, and how many rows of the other tables it removes.
constexpr int64_t kVersionsAtOnce = 5000;
constexpr int kRowsAtOnce = 5000;
constexpr absl::Duration kProgressInterval = absl::Seconds(5);
// Everybody without a name, the past without one, and our own services.
constexpr absl::string_view kReserved[] = {"frontend-client", "system", "bridge", "gateway"};

absl::Status CheckActor(const std::string& actor) {
  if (actor.empty()) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_REQUIRED, "actor", "must name an actor");
  }
  // The database cannot hold U+0000, nor can it be asked for it.
  if (absl::StrContains(actor, '\0')) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "actor", "must not hold U+0000",
                        actor);
  }
  if (std::find(std::begin(kReserved), std::end(kReserved), actor) != std::end(kReserved)) {
    return InvalidField(users::v1::ERROR_REASON_FIELD_INVALID, "actor",
                        "is reserved, and stands for no person", actor);
  }
  return absl::OkStatus();
}

class Pseudonymiser {
 public:
  Pseudonymiser(Session& session, const PseudonymiseActorRequest& request,
                absl::FunctionRef<bool()> may_go_on)
      : session_(session), request_(request), may_go_on_(may_go_on) {}

  absl::StatusOr<PseudonymiseActorResponse> Run() {
    const auto head = session_.Exec("SELECT head FROM feed");
    if (!head.ok()) return head.status();
    if (auto status = ChangeVersions(head->front()[0].as<int64_t>()); !status.ok()) return status;
    const auto status = request_.dry_run() ? CountTheRest() : ForgetTheRest();
    if (!status.ok()) return status;
    return changed_;
  }

 private:
  absl::Status ChangeVersions(int64_t newest) {
    const std::string step =
        request_.dry_run()
            ? "SELECT count(*) FROM version WHERE actor = $1 AND id BETWEEN $2 AND $3"
            : "SELECT pseudonymise_versions($1, $2, $3)";
    for (int64_t first = 1; first <= newest; first += kVersionsAtOnce) {
      if (!may_go_on_()) return Stopped();
      const int64_t last = std::min(first + kVersionsAtOnce - 1, newest);
      const auto rows = session_.ExecParams(step, request_.actor(), first, last);
      if (!rows.ok()) return rows.status();
      changed_.set_version_count(changed_.version_count() + rows->front()[0].as<int64_t>());
      TellProgress(last, newest);
    }
    return absl::OkStatus();
  }

  absl::Status ForgetTheRest() {
    for (bool more = true; more;) {
      if (!may_go_on_()) return Stopped();
      const auto rows =
          session_.ExecParams("SELECT * FROM forget_actor($1, $2)", request_.actor(), kRowsAtOnce);
      if (!rows.ok()) return rows.status();
      more = Add(rows->front());
    }
    return absl::OkStatus();
  }

  absl::Status CountTheRest() {
    const auto rows = session_.ExecParams(
        "SELECT (SELECT count(*) FROM ledger WHERE actor = $1), "
        "(SELECT count(*) FROM refused WHERE actor = $1)",
        request_.actor());
    if (rows.ok()) Add(rows->front());
    return rows.status();
  }

  // Returns whether these are any.
  bool Add(const pqxx::row& counts) {
    const auto answers = counts[0].as<int64_t>();
    const auto refused = counts[1].as<int64_t>();
    changed_.set_answer_count(changed_.answer_count() + answers);
    changed_.set_refused_count(changed_.refused_count() + refused);
    return answers + refused > 0;
  }

  // Without the name, which must not live on in logs.
  void TellProgress(int64_t looked_at, int64_t newest) {
    if (absl::Now() - told_ < kProgressInterval && looked_at < newest) return;
    told_ = absl::Now();
    spdlog::info("pseudonymising an actor{}: {} of {} versions looked at, {} bear the name",
                 request_.dry_run() ? " (dry run)" : "", looked_at, newest,
                 changed_.version_count());
  }

  static absl::Status Stopped() {
    return absl::CancelledError("nobody waits for the answer; what was done stays: ask again");
  }

  Session& session_;
  const PseudonymiseActorRequest& request_;
  const absl::FunctionRef<bool()> may_go_on_;
  PseudonymiseActorResponse changed_;
  absl::Time told_ = absl::Now();
};

}  // namespace

absl::StatusOr<PseudonymiseActorResponse> Pseudonymise(Session& session,
                                                       const PseudonymiseActorRequest& request,
                                                       absl::FunctionRef<bool()> may_go_on) {
  if (auto status = CheckActor(request.actor()); !status.ok()) return status;
  return Pseudonymiser(session, request, may_go_on).Run();
}

}  // namespace usersync::store
