#include "store/validate.h"

#include "protos/violation.h"
#include "store/document_rules.h"

namespace usersync::store {
namespace {

using users::v1::Mutation;
using users::v1::User;
using users::v1::Violation;

void CheckMutationId(const Principal& author, const std::string& id,
                     std::vector<Violation>& violations) {
  constexpr char kRule[] = "must be 1 to 128 characters of [A-Za-z0-9._~-]";
  if (id.empty()) {
    violations.push_back(
        MakeViolation(users::v1::ERROR_REASON_FIELD_REQUIRED, "mutation_id", kRule));
  } else if (!IsClientMutationId(id) && !(author.derives_ids && IsDerivedMutationId(id))) {
    violations.push_back(
        MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "mutation_id", kRule, id));
  }
}

void CheckFlag(bool flag, absl::string_view field, std::vector<Violation>& violations) {
  if (flag) return;
  violations.push_back(MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, field,
                                     "must be true if it is given", "false"));
}

void CheckAssumption(const Mutation& mutation, const User* current,
                     std::vector<Violation>& violations) {
  switch (mutation.assumption_case()) {
    case Mutation::kAssumed:
      CheckDocument(mutation.assumed(), "assumed", current, violations);
      if (!mutation.user().id().empty() && !mutation.assumed().id().empty() &&
          mutation.assumed().id() != mutation.user().id()) {
        violations.push_back(MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "assumed.id",
                                           "must be the id of the document",
                                           mutation.assumed().id()));
      }
      break;
    case Mutation::kAssumedAbsent:
      CheckFlag(mutation.assumed_absent(), "assumed_absent", violations);
      break;
    case Mutation::kUnconditional:
      CheckFlag(mutation.unconditional(), "unconditional", violations);
      break;
    case Mutation::ASSUMPTION_NOT_SET:
      violations.push_back(
          MakeViolation(users::v1::ERROR_REASON_FIELD_REQUIRED, "assumed",
                        "must be the document as last seen, or say that there was none"));
      break;
  }
}

}  // namespace

std::vector<Violation> Validate(const Principal& author, const Mutation& mutation,
                                const User* current) {
  std::vector<Violation> violations;
  if (!IsActor(author.actor)) {
    violations.push_back(MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "actor",
                                       "must be 1 to 64 characters of [A-Za-z0-9_-]",
                                       author.actor));
  }
  CheckMutationId(author, mutation.mutation_id(), violations);
  if (!IsReason(mutation.reason())) {
    violations.push_back(MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "reason", kReasonRule,
                                       mutation.reason()));
  }
  if (!users::v1::ConflictPolicy_IsValid(mutation.conflict_policy())) {
    violations.push_back(MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "on_conflict",
                                       "must be \"refuse\" or \"overwrite\""));
  }
  CheckDocument(mutation.user(), "", current, violations);
  CheckAssumption(mutation, current, violations);
  return violations;
}

}  // namespace usersync::store
