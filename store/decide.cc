#include "store/decide.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "protos/violation.h"
#include "store/authorize.h"
#include "store/field_value.h"
#include "store/merge.h"
#include "store/validate.h"

namespace usersync::store {
namespace {

using users::v1::Mutation;
using users::v1::User;

Decision WithOutcome(users::v1::Outcome outcome) {
  Decision decision;
  decision.outcome = outcome;
  return decision;
}

Decision Refuse(std::vector<users::v1::Violation> violations) {
  Decision decision = WithOutcome(users::v1::OUTCOME_INVALID);
  decision.violations = std::move(violations);
  return decision;
}

users::v1::Action ActionOf(const User* before, const User& after, bool restoring) {
  if (before == nullptr) return users::v1::ACTION_CREATE;
  if (restoring) return users::v1::ACTION_RESTORE;
  if (!before->deleted() && after.deleted()) return users::v1::ACTION_DELETE;
  if (before->deleted() && !after.deleted()) return users::v1::ACTION_UNDELETE;
  return users::v1::ACTION_UPDATE;
}

// Makes the version, unless its address is another's.
Decision Commit(Decision decision, User document, const CurrentUser* current,
                EmailTaken email_taken, bool restoring) {
  if (!document.deleted() && email_taken(FoldEmail(document.email()), document.id())) {
    return Refuse(
        {MakeViolation(users::v1::ERROR_REASON_EMAIL_TAKEN, "email", "", document.email())});
  }
  const User* before = current == nullptr ? nullptr : &current->user;
  decision.changed_fields = ChangedFields(before, document);
  decision.action = ActionOf(before, document, restoring);
  decision.document = std::move(document);
  return decision;
}

Decision DecideMerge(const Mutation& mutation, const CurrentUser& current, EmailTaken email_taken,
                     bool restoring) {
  const User* base = mutation.has_assumed() ? &mutation.assumed() : nullptr;
  Merge merge = MergeDocuments(base, mutation.user(), current.user);
  const bool overwrite = mutation.conflict_policy() == users::v1::CONFLICT_POLICY_OVERWRITE;
  if (!merge.conflicts.empty() && !overwrite) {
    Decision decision = WithOutcome(users::v1::OUTCOME_CONFLICT);
    decision.conflicts = std::move(merge.conflicts);
    return decision;
  }
  // What the author changed had been changed so already.
  if (ChangedFields(&current.user, merge.document).empty()) {
    return WithOutcome(users::v1::OUTCOME_UNCHANGED);
  }
  Decision decision = WithOutcome(users::v1::OUTCOME_MERGED);
  if (!merge.conflicts.empty()) {
    Audit& audit = decision.audit.emplace();
    if (base != nullptr) audit.base = DocumentOf(*base);
    audit.mine = DocumentOf(mutation.user());
    audit.theirs = DocumentOf(current.user);
    decision.conflicts = std::move(merge.conflicts);
  }
  return Commit(std::move(decision), std::move(merge.document), &current, email_taken, restoring);
}

}  // namespace

Decision Decide(const Principal& author, const Mutation& mutation, const CurrentUser* current,
                EmailTaken email_taken, bool restoring) {
  const User& wanted = mutation.user();
  if (!Authorize(author, Operation::kWrite, current == nullptr ? nullptr : &current->user,
                 &wanted)) {
    return WithOutcome(users::v1::OUTCOME_DENIED);
  }
  if (auto violations = Validate(author, mutation); !violations.empty()) {
    return Refuse(std::move(violations));
  }
  if (current == nullptr) {
    // Nothing is there to delete, whatever the author believes.
    if (wanted.deleted()) return WithOutcome(users::v1::OUTCOME_UNCHANGED);
    return Commit(WithOutcome(users::v1::OUTCOME_APPLIED), DocumentOf(wanted), nullptr, email_taken,
                  restoring);
  }
  if (current->erased) {
    return Refuse({MakeViolation(users::v1::ERROR_REASON_USER_ERASED, "id", "", wanted.id())});
  }
  if (ChangedFields(&current->user, wanted).empty()) {
    return WithOutcome(users::v1::OUTCOME_UNCHANGED);
  }
  const bool belief_holds =
      mutation.has_assumed() && ChangedFields(&current->user, mutation.assumed()).empty();
  if (mutation.has_unconditional() || belief_holds) {
    return Commit(WithOutcome(users::v1::OUTCOME_APPLIED), DocumentOf(wanted), current, email_taken,
                  restoring);
  }
  return DecideMerge(mutation, *current, email_taken, restoring);
}

std::string FoldEmail(absl::string_view email) { return absl::AsciiStrToLower(email); }

}  // namespace usersync::store
