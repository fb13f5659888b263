#include "tests/traffic/author.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

constexpr char kToken[] = "author";

}  // namespace

Author::Author(std::unique_ptr<NatsClient> client, const Options& options)
    : options_(options),
      client_(std::move(client)),
      receipts_(Must(client_->Subscribe(absl::StrCat("users.receipt.", options.actor, ".>")))),
      editor_({.actor = options.actor, .users = options.users, .seed = options.seed}) {
  for (int i = 0; i < options_.users; ++i) {
    slots_.push_back({.id = absl::StrCat(options_.prefix, "-", i)});
  }
  thread_ = std::thread([this] { Run(); });
}

Author::~Author() {
  giving_up_ = true;
  if (thread_.joinable()) thread_.join();
}

bool Author::Finish(absl::Duration patience) {
  finishing_ = true;
  const auto is_pending = [](const Slot& slot) { return slot.pending != nullptr; };
  const absl::Time give_up = absl::Now() + patience;
  if (thread_.joinable()) {
    // Run ends by itself once nothing is pending.
    std::thread clock([this, give_up] {
      Eventually([this] { return !finishing_ || giving_up_; }, give_up - absl::Now());
      giving_up_ = true;
    });
    thread_.join();
    finishing_ = false;
    clock.join();
  }
  return std::none_of(slots_.begin(), slots_.end(), is_pending);
}

void Author::Run() {
  while (!giving_up_) {
    bool any_pending = false;
    for (Slot& slot : slots_) {
      if (slot.pending == nullptr && !finishing_) AskNew(slot);
      if (slot.pending != nullptr && absl::Now() > slot.sent + options_.patience) Send(slot);
      any_pending |= slot.pending != nullptr;
    }
    if (!any_pending) return;
    if (auto message = receipts_->Next(absl::Milliseconds(50)); message.ok()) Take(*message);
    for (const NatsMessage& message : receipts_->TakeAll()) Take(message);
  }
}

void Author::AskNew(Slot& slot) {
  slot.pending = std::make_unique<Asked>(editor_.Edit(slot.id, slot.known));
  Send(slot);
}

void Author::Send(Slot& slot) {
  const Asked& asked = *slot.pending;
  const json mutation = {{"mutation_id", asked.mutation_id},
                         {"document", asked.document},
                         {"assumed", *asked.assumed},
                         {"on_conflict", asked.overwrite ? "overwrite" : "refuse"}};
  // A server that is away takes it later, or not at all: then it is asked again.
  client_
      ->Publish({.subject = "users.update." + options_.actor,
                 .payload = mutation.dump(),
                 .headers = {{"Users-Receipt", kToken}}})
      .IgnoreError();
  slot.sent = absl::Now();
}

void Author::Take(const NatsMessage& message) {
  const json receipt = json::parse(message.payload);
  const std::string id = receipt.value("mutation_id", "");
  if (const auto place = places_.find(id); place != places_.end()) {
    asked_[place->second].receipts.push_back(receipt);
    return;
  }
  const auto slot = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& candidate) {
    return candidate.pending != nullptr && candidate.pending->mutation_id == id;
  });
  if (slot == slots_.end()) return;
  slot->known = Editor::KnownAfter(*slot->pending, receipt);
  slot->pending->receipts.push_back(receipt);
  places_[id] = asked_.size();
  asked_.push_back(std::move(*slot->pending));
  slot->pending.reset();
  ++answered_;
}

}  // namespace usersync::tests
