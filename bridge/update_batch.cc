#include "bridge/update_batch.h"

#include <iterator>
#include <numeric>
#include <utility>

#include "bridge/subjects.h"
#include "protos/violation.h"

namespace usersync::bridge {
namespace {

using users::internal::v1::Entry;
using users::internal::v1::IngestResponse;

constexpr char kRefusedAsAWhole[] = "makes a request that the store refuses as a whole";

template <typename Vector>
void MoveTail(Vector& from, size_t kept, Vector& to) {
  to.assign(std::make_move_iterator(from.begin() + static_cast<std::ptrdiff_t>(kept)),
            std::make_move_iterator(from.end()));
  from.erase(from.begin() + static_cast<std::ptrdiff_t>(kept), from.end());
}

size_t BytesOf(const UpdateMessage& message) {
  return message.payload.size() + message.headers.size();
}

}  // namespace

UpdateBatch::UpdateBatch(const Position& after) {
  request_.set_source(kUpdateStream);
  *request_.mutable_after() = after;
  *request_.mutable_through() = after;
}

bool UpdateBatch::HasRoomFor(const UpdateMessage& message, const DecodedUpdate& update) const {
  const size_t count = update.entries.size();
  return empty() ||
         (recipients_.size() + count <= kMostEntries && bytes_ + BytesOf(message) <= kMostBytes);
}

void UpdateBatch::Add(UpdateMessage message, DecodedUpdate update) {
  *request_.mutable_through() = MakePosition(message.sequence, message.time_ns);
  bytes_ += BytesOf(message);
  for (size_t i = 0; i < update.entries.size(); ++i) {
    recipients_.push_back({messages_.size(), std::move(update.mutation_ids[i]), i});
    *request_.add_entries() = std::move(update.entries[i]);
  }
  entry_counts_.push_back(update.entries.size());
  messages_.push_back(std::move(message));
}

UpdateBatch UpdateBatch::SplitOff() {
  const size_t kept = messages_.size() / 2;
  const size_t kept_entries = std::accumulate(
      entry_counts_.begin(), entry_counts_.begin() + static_cast<std::ptrdiff_t>(kept), size_t{0});
  const UpdateMessage& last = messages_[kept - 1];
  UpdateBatch later(MakePosition(last.sequence, last.time_ns));
  *later.request_.mutable_through() = request_.through();
  *request_.mutable_through() = later.request_.after();
  auto& entries = *request_.mutable_entries();
  for (int i = static_cast<int>(kept_entries); i < entries.size(); ++i) {
    *later.request_.add_entries() = std::move(*entries.Mutable(i));
  }
  entries.DeleteSubrange(static_cast<int>(kept_entries),
                         entries.size() - static_cast<int>(kept_entries));
  MoveTail(recipients_, kept_entries, later.recipients_);
  MoveTail(entry_counts_, kept, later.entry_counts_);
  MoveTail(messages_, kept, later.messages_);
  for (Recipient& recipient : later.recipients_) recipient.message -= kept;
  return later;
}

bool UpdateBatch::GiveUpMore() {
  if (asks_ == Asks::kOnlyToGoOn || messages_.size() != 1) return false;
  const auto why = MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "", kRefusedAsAWhole);
  if (asks_ == Asks::kAll && request_.entries_size() > 0) {
    asks_ = Asks::kKeepAsUndecodable;
    Entry entry = std::move(*request_.mutable_entries(0));
    request_.clear_entries();
    auto& undecodable = *entry.mutable_undecodable();
    undecodable.Clear();
    undecodable.set_payload(messages_[0].payload);
    *undecodable.add_violations() = why;
    *request_.add_entries() = std::move(entry);
    return true;
  }
  asks_ = Asks::kOnlyToGoOn;
  request_.clear_entries();
  given_up_.set_outcome(users::v1::OUTCOME_INVALID);
  *given_up_.add_violations() = why;
  return true;
}

const users::v1::Receipt* UpdateBatch::ReceiptOf(size_t recipient,
                                                 const IngestResponse& response) const {
  if (asks_ == Asks::kOnlyToGoOn) return &given_up_;
  const int entry = asks_ == Asks::kKeepAsUndecodable ? 0 : static_cast<int>(recipient);
  return entry < response.receipts_size() ? &response.receipts(entry) : nullptr;
}

int64_t UpdateBatch::RefusedIdOf(size_t recipient, const IngestResponse& response) const {
  if (asks_ != Asks::kAll && recipient > 0) return 0;
  const int entry = static_cast<int>(recipient);
  return entry < response.refused_ids_size() ? response.refused_ids(entry) : 0;
}

}  // namespace usersync::bridge
