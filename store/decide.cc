#include "store/decide.h"

#include <utility>

#include "protos/violation.h"
#include "store/authorize.h"
#include "store/erasure.h"
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

// Both sides of an overlap. What the author wrote wins it.
Audit AuditOf(const Mutation& mutation, const User& current) {
  Audit audit;
  if (mutation.has_assumed()) audit.base = DocumentOf(mutation.assumed());
  audit.mine = DocumentOf(mutation.user());
  audit.theirs = DocumentOf(current);
  return audit;
}

Decision DecideMerge(const Mutation& mutation, const CurrentUser& current, EmailTaken email_taken,
                     bool restoring) {
  const bool inserts = mutation.has_assumed_absent();
  Merge merge =
      MergeDocuments(inserts ? nullptr : &mutation.assumed(), mutation.user(), current.user);
  const bool in_dispute = inserts || !merge.conflicts.empty();
  if (in_dispute && mutation.conflict_policy() != users::v1::CONFLICT_POLICY_OVERWRITE) {
    Decision decision = WithOutcome(users::v1::OUTCOME_CONFLICT);
    decision.conflicts = std::move(merge.conflicts);
    return decision;
  }
  // All that the author changed had been changed so already.
  if (SameDocument(current.user, merge.document)) {
    return WithOutcome(users::v1::OUTCOME_UNCHANGED);
  }
  Decision decision = WithOutcome(users::v1::OUTCOME_MERGED);
  if (!merge.conflicts.empty()) decision.audit = AuditOf(mutation, current.user);
  decision.conflicts = std::move(merge.conflicts);
  return Commit(std::move(decision), std::move(merge.document), &current, email_taken, restoring);
}

Decision DecideWithoutUser(const User& wanted, EmailTaken email_taken, bool restoring) {
  if (wanted.deleted()) return WithOutcome(users::v1::OUTCOME_UNCHANGED);
  return Commit(WithOutcome(users::v1::OUTCOME_APPLIED), DocumentOf(wanted), nullptr, email_taken,
                restoring);
}

bool Believes(const Mutation& mutation, const User& current) {
  return mutation.has_unconditional() ||
         (mutation.has_assumed() && SameDocument(current, mutation.assumed()));
}

}  // namespace

Decision Decide(const Principal& author, const Mutation& mutation, const CurrentUser* current,
                EmailTaken email_taken, bool restoring) {
  const User& wanted = mutation.user();
  const User* stands = current == nullptr ? nullptr : &current->user;
  if (!Authorize(author, Operation::kWrite, stands, &wanted)) {
    return WithOutcome(users::v1::OUTCOME_DENIED);
  }
  auto violations = Validate(author, mutation, stands);
  if (current != nullptr && current->erased) violations.push_back(UserErased(wanted.id()));
  if (!violations.empty()) return Refuse(std::move(violations));

  if (current == nullptr) return DecideWithoutUser(wanted, email_taken, restoring);
  if (SameDocument(current->user, wanted)) return WithOutcome(users::v1::OUTCOME_UNCHANGED);
  if (Believes(mutation, current->user)) {
    return Commit(WithOutcome(users::v1::OUTCOME_APPLIED), DocumentOf(wanted), current, email_taken,
                  restoring);
  }
  return DecideMerge(mutation, *current, email_taken, restoring);
}

}  // namespace usersync::store
