#include "store/batch.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "protos/violation.h"
#include "store/authorize.h"
#include "store/conflicts.h"
#include "store/field_value.h"
#include "store/sql_text.h"
#include "store/validate.h"

namespace usersync::store {
namespace {

using users::internal::v1::Undecodable;
using users::v1::Mutation;
using users::v1::Receipt;
using users::v1::Violation;

bool IsCommitted(users::v1::Outcome outcome) {
  return outcome == users::v1::OUTCOME_APPLIED || outcome == users::v1::OUTCOME_MERGED;
}

bool IsRefused(users::v1::Outcome outcome) {
  return outcome == users::v1::OUTCOME_CONFLICT || outcome == users::v1::OUTCOME_INVALID ||
         outcome == users::v1::OUTCOME_DENIED;
}

// Whether what a receipt says was committed, or stood already, is what the request asks for.
bool ShowsWhatWasAsked(const Receipt& receipt, const Request& request) {
  if (receipt.outcome() == users::v1::OUTCOME_APPLIED) return true;
  const auto* mutation = std::get_if<Mutation>(&request.content);
  return receipt.outcome() == users::v1::OUTCOME_UNCHANGED &&
         (mutation == nullptr || SameDocument(receipt.user(), mutation->user()));
}

bool IsNamed(absl::string_view field, const Undecodable& undecodable) {
  const auto& violations = undecodable.violations();
  return std::any_of(violations.begin(), violations.end(),
                     [&](const Violation& violation) { return violation.field() == field; });
}

}  // namespace

const std::string& UserIdOf(const Request& request) {
  static const std::string none;
  if (const auto* mutation = std::get_if<Mutation>(&request.content)) return mutation->user().id();
  if (const auto* command = std::get_if<UserCommand>(&request.content)) return command->user.id();
  if (const auto* undecodable = std::get_if<Undecodable>(&request.content)) {
    return undecodable->mutation().user().id();
  }
  return none;
}

std::pair<std::string, int32_t> PastOf(const UserCommand& command) {
  return {command.user.id(), command.version};
}

std::string ClockText(int64_t micros) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMicros(micros),
                          absl::UTCTimeZone());
}

Batch::Batch(BatchState state, Random random)
    : state_(std::move(state)), random_(std::move(random)) {}

Effect Batch::Decide(const Request& request) {
  Effect effect = DecideAny(request);
  effect.of_erased = IsErased(UserIdOf(request));
  return effect;
}

Effect Batch::DecideAny(const Request& request) {
  if (const auto* undecodable = std::get_if<Undecodable>(&request.content)) {
    return RefuseUndecodable(request, *undecodable);
  }
  if (auto replayed = Replay(request)) return *std::move(replayed);
  Effect effect;
  if (const auto* command = std::get_if<UserCommand>(&request.content)) {
    effect = DecideCommand(request, *command);
  } else {
    effect = DecideMutation(request, std::get<Mutation>(request.content));
  }
  effect.answer.receipt.set_mutation_id(request.mutation_id);
  Remember(request, effect);
  return effect;
}

Effect Batch::Refuse(const Request& request, const Effect& effect, absl::string_view rule) {
  if (effect.version) {
    const std::string& user_id = effect.after.user.id();
    MoveAddress(&effect.after, effect.before ? &*effect.before : nullptr);
    state_.users[user_id] = effect.before;
    if (!effect.before) state_.object_ids.push_back(effect.after.object_id);
    --state_.head;
  }
  Effect refused;
  Receipt& receipt = refused.answer.receipt;
  receipt.set_mutation_id(request.mutation_id);
  receipt.set_outcome(users::v1::OUTCOME_INVALID);
  *receipt.add_violations() =
      MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "document", rule);
  const CurrentUser* current = Find(UserIdOf(request));
  if (current != nullptr) *receipt.mutable_user() = current->user;
  refused.to_refused = true;
  refused.of_erased = IsErased(UserIdOf(request));
  refused.resolved = effect.resolved;
  Remember(request, refused);
  return refused;
}

Effect Batch::RefuseUndecodable(const Request& request, const Undecodable& undecodable) const {
  Effect effect;
  effect.to_refused = true;
  Receipt& receipt = effect.answer.receipt;
  receipt.set_outcome(users::v1::OUTCOME_INVALID);
  *receipt.mutable_violations() = undecodable.violations();
  if (!undecodable.has_mutation()) return effect;
  const Mutation& mutation = undecodable.mutation();
  const CurrentUser* current = Find(mutation.user().id());
  if (current != nullptr) *receipt.mutable_user() = current->user;
  const users::v1::User* stands = current == nullptr ? nullptr : &current->user;
  for (Violation& violation : Validate(request.author, mutation, stands)) {
    // A field that could not be read looks as if it were missing.
    if (IsNamed(violation.field(), undecodable)) continue;
    *receipt.add_violations() = std::move(violation);
  }
  return effect;
}

std::optional<Effect> Batch::Replay(const Request& request) {
  if (request.request_hash.empty()) return std::nullopt;
  const auto found = state_.ledger.find({request.author.actor, request.mutation_id});
  if (found == state_.ledger.end()) return std::nullopt;
  const LedgerEntry& entry = found->second;
  Effect effect;
  Receipt& receipt = effect.answer.receipt;
  const CurrentUser* current = Find(entry.user_id);
  if (entry.request_hash != request.request_hash) {
    receipt.set_mutation_id(request.mutation_id);
    receipt.set_outcome(users::v1::OUTCOME_INVALID);
    *receipt.add_violations() = MakeViolation(users::v1::ERROR_REASON_MUTATION_ID_REUSED,
                                              "mutation_id", "", request.mutation_id);
    current = Find(UserIdOf(request));
    effect.to_refused = true;
    if (const auto* command = std::get_if<UserCommand>(&request.content)) {
      auto mutation = ResolveCommand(request, *command);
      if (mutation.ok()) effect.resolved = *std::move(mutation);
    }
  } else {
    receipt = entry.receipt;
    receipt.set_replayed(true);
    effect.answer.user = receipt.user();
  }
  if (ShowsWhatWasAsked(receipt, request)) {
    receipt.clear_user();
  } else if (IsRefused(receipt.outcome())) {
    receipt.clear_user();
    if (current != nullptr && receipt.outcome() != users::v1::OUTCOME_DENIED) {
      *receipt.mutable_user() = current->user;
    }
  }
  return effect;
}

Effect Batch::DecideCommand(const Request& request, const UserCommand& command) {
  const CurrentUser* current = Find(command.user.id());
  const bool erases = command.kind == UserCommand::Kind::kErase;
  if (!Authorize(request.author, erases ? Operation::kAdminister : Operation::kWrite,
                 current ? &current->user : nullptr, &command.user)) {
    Effect denied;
    denied.answer.receipt.set_outcome(users::v1::OUTCOME_DENIED);
    return denied;
  }
  auto mutation = ResolveCommand(request, command);
  if (!mutation.ok()) {
    Effect effect;
    effect.answer.status = mutation.status();
    return effect;
  }
  if (erases) return Erase(request, mutation->user());
  const bool restoring = command.kind == UserCommand::Kind::kRestore;
  Effect effect = DecideMutation(request, *mutation, restoring);
  effect.resolved = *std::move(mutation);
  if (const CurrentUser* after = Find(command.user.id())) effect.answer.user = after->user;
  return effect;
}

// `document` is of placeholders, so no rule is asked: not even whether it stands so already,
// because anybody could have written it.
Effect Batch::Erase(const Request& request, const users::v1::User& document) {
  const CurrentUser& current = *Find(document.id());
  Effect effect;
  if (current.erased) {
    Receipt& receipt = effect.answer.receipt;
    receipt.set_outcome(users::v1::OUTCOME_UNCHANGED);
    receipt.set_sequence(current.user.sequence());
    receipt.set_version(current.user.version());
    return effect;
  }
  Decision decision{.outcome = users::v1::OUTCOME_APPLIED, .action = users::v1::ACTION_ERASE};
  decision.document = document;
  decision.changed_fields = ChangedFields(&current.user, document);
  effect = Commit(request, decision, &current);
  // What this batch has read of the person is not told again.
  absl::erase_if(state_.ledger,
                 [&](const auto& entry) { return entry.second.user_id == document.id(); });
  absl::erase_if(state_.past,
                 [&](const auto& entry) { return entry.first.first == document.id(); });
  return effect;
}

absl::StatusOr<Mutation> Batch::ResolveCommand(const Request& request,
                                               const UserCommand& command) const {
  const std::string now = ClockText(state_.committed_at);
  auto mutation =
      Resolve(command, {.current = Find(command.user.id()), .past = FindPast(command), .now = now});
  if (mutation.ok()) mutation->set_mutation_id(request.mutation_id);
  return mutation;
}

Effect Batch::DecideMutation(const Request& request, const Mutation& mutation, bool restoring) {
  const CurrentUser* current = Find(mutation.user().id());
  const auto taken = [this](absl::string_view folded, absl::string_view user_id) {
    const auto found = state_.addresses.find(folded);
    return found != state_.addresses.end() && found->second != user_id;
  };
  const Decision decision =
      ::usersync::store::Decide(request.author, mutation, current, taken, restoring);
  if (IsCommitted(decision.outcome)) return Commit(request, decision, current);

  Effect effect;
  Receipt& receipt = effect.answer.receipt;
  receipt.set_outcome(decision.outcome);
  *receipt.mutable_conflicts() = {decision.conflicts.begin(), decision.conflicts.end()};
  *receipt.mutable_violations() = {decision.violations.begin(), decision.violations.end()};
  if (decision.outcome == users::v1::OUTCOME_UNCHANGED && current != nullptr) {
    receipt.set_sequence(current->user.sequence());
    receipt.set_version(current->user.version());
    if (!SameDocument(current->user, mutation.user())) *receipt.mutable_user() = current->user;
  }
  if (IsRefused(decision.outcome)) {
    effect.to_refused = true;
    if (current != nullptr && decision.outcome != users::v1::OUTCOME_DENIED) {
      *receipt.mutable_user() = current->user;
    }
    if (decision.outcome == users::v1::OUTCOME_CONFLICT) {
      Audit audit{.base = std::nullopt, .mine = mutation.user(), .theirs = current->user};
      if (mutation.has_assumed()) audit.base = mutation.assumed();
      effect.refused_audit_json = AuditJson(audit, "refuse");
    }
  }
  return effect;
}

Effect Batch::Commit(const Request& request, const Decision& decision, const CurrentUser* current) {
  Effect effect;
  VersionRecord& version = effect.version.emplace();
  version.sequence = ++state_.head;
  version.action = decision.action;
  version.actor = request.author.actor;
  version.auth = request.author.auth;
  version.mutation_id = request.mutation_id;
  if (const auto* mutation = std::get_if<Mutation>(&request.content)) {
    version.reason = mutation->reason();
  } else {
    version.reason = std::get<UserCommand>(request.content).reason;
  }
  version.document = decision.document;
  version.audit = decision.audit;
  version.changed_fields = decision.changed_fields;
  version.committed_at = state_.committed_at;
  if (current != nullptr) {
    version.object_id = current->object_id;
    version.version = current->user.version() + 1;
    version.previous_hash = current->hash;
    effect.before = *current;
  } else {
    version.object_id = state_.object_ids.back();
    state_.object_ids.pop_back();
    version.version = 1;
    version.previous_hash.assign(32, '\0');
  }
  char salts[32];
  random_(salts, sizeof(salts));
  version.body_salt.assign(salts, 16);
  version.actor_salt.assign(salts + 16, 16);
  Seal(version);

  CurrentUser& after = effect.after;
  after.object_id = version.object_id;
  after.user = decision.document;
  after.hash = version.hash;
  after.erased = decision.action == users::v1::ACTION_ERASE;
  after.user.set_version(version.version);
  after.user.set_sequence(version.sequence);
  SetTimestamp(state_.committed_at, after.user.mutable_update_time());
  if (effect.before) {
    *after.user.mutable_create_time() = effect.before->user.create_time();
  } else {
    SetTimestamp(state_.committed_at, after.user.mutable_create_time());
  }
  if (after.user.deleted()) {
    if (effect.before && effect.before->user.deleted()) {
      *after.user.mutable_delete_time() = effect.before->user.delete_time();
    } else {
      SetTimestamp(state_.committed_at, after.user.mutable_delete_time());
    }
  }
  // Somebody in this batch wants to undelete the user: this is how it last lived from now on.
  const auto past = state_.past.find({after.user.id(), 0});
  if (past != state_.past.end() && effect.before && !effect.before->user.deleted()) {
    past->second = effect.before->user;
  }
  MoveAddress(effect.before ? &*effect.before : nullptr, &after);
  state_.users[after.user.id()] = after;

  Receipt& receipt = effect.answer.receipt;
  receipt.set_outcome(decision.outcome);
  receipt.set_sequence(version.sequence);
  receipt.set_version(version.version);
  if (decision.outcome == users::v1::OUTCOME_MERGED) *receipt.mutable_user() = after.user;
  *receipt.mutable_conflicts() = {decision.conflicts.begin(), decision.conflicts.end()};
  return effect;
}

void Batch::Remember(const Request& request, Effect& effect) {
  if (request.applies_refused && IsRefused(effect.answer.receipt.outcome())) {
    effect.to_refused = false;
    return;
  }
  // What is asked of an erased user is answered the same for ever, and not remembered.
  if (request.request_hash.empty() || !effect.answer.status.ok() || IsErased(UserIdOf(request))) {
    return;
  }
  LedgerEntry& entry = state_.ledger[{request.author.actor, request.mutation_id}];
  entry.request_hash = request.request_hash;
  entry.receipt = effect.answer.receipt;
  entry.user_id = UserIdOf(request);
  if (!effect.answer.user.id().empty()) *entry.receipt.mutable_user() = effect.answer.user;
  effect.to_ledger = true;
}

const CurrentUser* Batch::Find(const std::string& user_id) const {
  const auto found = state_.users.find(user_id);
  if (found == state_.users.end() || !found->second) return nullptr;
  return &*found->second;
}

bool Batch::IsErased(const std::string& user_id) const {
  const CurrentUser* current = Find(user_id);
  return current != nullptr && current->erased;
}

const users::v1::User* Batch::FindPast(const UserCommand& command) const {
  if (!TakesFromThePast(command)) return nullptr;
  const auto found = state_.past.find(PastOf(command));
  return found == state_.past.end() || !found->second ? nullptr : &*found->second;
}

void Batch::MoveAddress(const CurrentUser* before, const CurrentUser* after) {
  if (before != nullptr && !before->user.deleted()) {
    state_.addresses.erase(FoldEmail(before->user.email()));
  }
  if (after != nullptr && !after->user.deleted()) {
    state_.addresses[FoldEmail(after->user.email())] = after->user.id();
  }
}

}  // namespace usersync::store
