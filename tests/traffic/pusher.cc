#include "tests/traffic/pusher.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/harness/eventually.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

constexpr absl::Duration kCallTime = absl::Seconds(10);
constexpr absl::Duration kBetweenTries = absl::Milliseconds(50);

users::v1::Mutation MutationFrom(const Asked& asked) {
  users::v1::Mutation mutation;
  mutation.set_mutation_id(asked.mutation_id);
  *mutation.mutable_user() = UserFrom(asked.document);
  if (asked.assumed->is_null()) {
    mutation.set_assumed_absent(true);
  } else {
    *mutation.mutable_assumed() = UserFrom(*asked.assumed);
  }
  mutation.set_conflict_policy(asked.overwrite ? users::v1::CONFLICT_POLICY_OVERWRITE
                                               : users::v1::CONFLICT_POLICY_REFUSE);
  return mutation;
}

// In the form in which NATS carries it, as far as the checkers look.
json JsonFrom(const users::v1::Receipt& receipt) {
  const std::string outcome = users::v1::Outcome_Name(receipt.outcome());
  json made = {{"mutation_id", receipt.mutation_id()},
               {"outcome", outcome.substr(outcome.find('_') + 1)},
               {"seq", receipt.sequence()},
               {"version", receipt.version()}};
  if (receipt.has_user()) made["document"] = DocumentOf(receipt.user());
  return made;
}

}  // namespace

Pusher::Pusher(std::vector<StoreStub> stores, const Options& options)
    : options_(options),
      stores_(std::move(stores)),
      editor_({.actor = options.actor, .users = options.users, .seed = options.seed}),
      known_(options.users),
      thread_([this] { Run(); }) {}

Pusher::~Pusher() {
  giving_up_ = true;
  if (thread_.joinable()) thread_.join();
}

bool Pusher::Finish(absl::Duration patience) {
  finishing_ = true;
  const bool in_time = Eventually([this] { return ended_.load(); }, patience);
  giving_up_ = true;
  if (thread_.joinable()) thread_.join();
  return in_time;
}

void Pusher::Run() {
  while (!finishing_ && !giving_up_) {
    std::vector<Asked> batch;
    for (int i = 0; i < options_.users; ++i) {
      batch.push_back(editor_.Edit(absl::StrCat(options_.prefix, "-", i), known_[i]));
    }
    if (!PushUntilAnswered(batch)) return;
    for (int i = 0; i < options_.users; ++i) {
      known_[i] = Editor::KnownAfter(batch[i], batch[i].receipts.front());
    }
    answered_ += options_.users;
    asked_.insert(asked_.end(), batch.begin(), batch.end());
  }
  ended_ = true;
}

bool Pusher::PushUntilAnswered(std::vector<Asked>& batch) {
  users::v1::PushRequest request;
  for (const Asked& asked : batch) *request.add_mutations() = MutationFrom(asked);
  while (!giving_up_) {
    StoreStub& store = stores_[next_store_++ % stores_.size()];
    users::v1::PushResponse response;
    const auto context = store.Context(kCallTime);
    if (store.sync().Push(context.get(), request, &response).ok()) {
      for (size_t i = 0; i < batch.size(); ++i) {
        batch[i].receipts.push_back(JsonFrom(response.receipts(static_cast<int>(i))));
      }
      return true;
    }
    absl::SleepFor(kBetweenTries);
  }
  return false;
}

}  // namespace usersync::tests
