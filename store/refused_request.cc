#include "store/refused_request.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protos/utf8.h"
#include "store/digest.h"
#include "store/document_rules.h"
#include "store/field_error.h"
#include "store/sql_text.h"
#include "store/validate.h"

namespace usersync::store {
namespace {

// The note of who applied what, before what the author said as far as there is room. The author's
// words may be what was refused.
std::string ReasonOf(const users::v1::RefusedMutation& refused, const std::string& administrator) {
  std::string reason =
      absl::StrCat("refused mutation ", refused.refused_id(), ", applied again by ", administrator);
  const std::string& words = refused.mutation().reason();
  if (words.empty()) return reason;
  reason.append(": ");
  const size_t room = kMostReasonLength - reason.size();
  return reason + (IsText(words, room) ? words : ShowText(words, room - 1));
}

}  // namespace

absl::StatusOr<Request> RequestToApply(const users::v1::RefusedMutation& refused,
                                       const std::string& administrator) {
  if (!refused.has_mutation()) {
    return FieldError(absl::StatusCode::kFailedPrecondition,
                      users::v1::ERROR_REASON_REFUSED_UNDECODABLE, "refused_id", "",
                      absl::StrCat(refused.refused_id()));
  }
  Request request;
  request.author = {
      .actor = refused.actor(), .auth = refused.auth(), .role = Role::kWriter, .derives_ids = true};
  request.mutation_id =
      absl::StrCat("refused:", refused.refused_id(), ":", MicrosOf(refused.refuse_time()), "000");
  request.request_hash = Sha256(refused.payload());
  request.applies_refused = true;
  users::v1::Mutation mutation;
  mutation.set_mutation_id(request.mutation_id);
  *mutation.mutable_user() = refused.mutation().user();
  mutation.set_unconditional(true);
  mutation.set_reason(ReasonOf(refused, administrator));
  request.content = std::move(mutation);
  return request;
}

}  // namespace usersync::store
