#include "bridge/update_batch.h"

#include <iterator>
#include <utility>

#include "bridge/message_source.h"
#include "bridge/subjects.h"
#include "protos/violation.h"

namespace usersync::bridge {

UpdateBatch::UpdateBatch(const users::internal::v1::Position& after) {
  request_.set_source(kUpdateStream);
  *request_.mutable_after() = after;
  *request_.mutable_through() = after;
}

bool UpdateBatch::HasRoomFor(const DecodedUpdate& update, size_t bytes) const {
  if (empty()) return true;
  return recipients_.size() + update.entries.size() <= kMostEntries && bytes_ + bytes <= kMostBytes;
}

void UpdateBatch::Add(const UpdateMessage& message, DecodedUpdate update) {
  const auto position = MakePosition(message.sequence, message.time_ns);
  messages_.push_back({position, update.entries.size()});
  *request_.mutable_through() = position;
  bytes_ += message.payload.size();
  for (size_t i = 0; i < update.entries.size(); ++i) {
    recipients_.push_back(
        {update.entries[i].actor(), message.receipt_token, std::move(update.mutation_ids[i]), i});
    *request_.add_entries() = std::move(update.entries[i]);
  }
}

UpdateBatch UpdateBatch::SplitOff() {
  const size_t kept_messages = messages_.size() / 2;
  size_t kept_entries = 0;
  for (size_t i = 0; i < kept_messages; ++i) kept_entries += messages_[i].entry_count;
  UpdateBatch later(messages_[kept_messages - 1].position);
  *later.request_.mutable_through() = request_.through();
  *request_.mutable_through() = messages_[kept_messages - 1].position;
  auto& entries = *request_.mutable_entries();
  for (int i = static_cast<int>(kept_entries); i < entries.size(); ++i) {
    later.request_.mutable_entries()->Add(std::move(*entries.Mutable(i)));
  }
  entries.DeleteSubrange(static_cast<int>(kept_entries),
                         entries.size() - static_cast<int>(kept_entries));
  const auto move_tail = [](auto& from, size_t kept, auto& to) {
    to.assign(std::make_move_iterator(from.begin() + kept), std::make_move_iterator(from.end()));
    from.erase(from.begin() + kept, from.end());
  };
  move_tail(recipients_, kept_entries, later.recipients_);
  move_tail(messages_, kept_messages, later.messages_);
  return later;
}

void UpdateBatch::MakeUndecodable(const std::string& why) {
  undecodable_ = true;
  for (auto& entry : *request_.mutable_entries()) {
    std::string payload =
        entry.has_mutation() ? entry.mutation().SerializeAsString() : entry.undecodable().payload();
    auto& undecodable = *entry.mutable_undecodable();
    undecodable.set_payload(std::move(payload));
    *undecodable.add_violations() = MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "", why);
  }
}

}  // namespace usersync::bridge
