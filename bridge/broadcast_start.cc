#include "bridge/broadcast_start.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/status.h"

namespace usersync::bridge {
namespace {

// How many messages that say nothing are passed over before what lies below counts as unknown: an
// erased user leaves a hole as long as the history was.
constexpr int kMostPassedOver = 100000;

bool IsOfAnotherHistory(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "CHECKPOINT_DIVERGED" || reason == "TOKEN_MALFORMED";
}

users::v1::PullRequest OneAfter(const std::string& checkpoint) {
  users::v1::PullRequest request;
  request.set_checkpoint(checkpoint);
  request.set_limit(1);
  return request;
}

struct Found {
  uint64_t at = 0;
  BroadcastMark mark;
  bool accepted = false;
};

class Search {
 public:
  Search(BroadcastStream& stream, StoreClient& store) : stream_(stream), store_(store) {}

  // After a restore the end of the stream is of another history, and what was broadcast since may
  // follow behind it. So the search goes down from the end, in growing steps, to the first
  // message that is accepted, and then up again by halves to the last of those around it.
  absl::StatusOr<BroadcastMark> Newest(uint64_t first, uint64_t last) {
    uint64_t refused = last + 1;
    std::optional<Found> accepted;
    for (uint64_t step = 1; refused > first && !accepted; step *= 2) {
      auto found = Look(first, std::max(first, refused - std::min(step, refused)));
      if (!found.ok()) return found.status();
      if (!*found) break;
      if ((*found)->accepted) {
        accepted = *std::move(*found);
      } else {
        refused = (*found)->at;
      }
    }
    if (!accepted) return BroadcastMark{};
    uint64_t known_up_to = accepted->at;
    while (refused - known_up_to > 1) {
      const uint64_t middle = known_up_to + (refused - known_up_to) / 2;
      auto found = Look(known_up_to + 1, middle);
      if (!found.ok()) return found.status();
      if (*found && !(*found)->accepted) {
        refused = (*found)->at;
      } else {
        if (*found) accepted = *std::move(*found);
        known_up_to = middle;
      }
    }
    return accepted->mark;
  }

 private:
  // The newest message of first … last that names a change, and whether the store accepts it.
  // What was deleted, or is nobody's, says nothing.
  absl::StatusOr<std::optional<Found>> Look(uint64_t first, uint64_t last) {
    for (int passed = 0; last >= first && passed < kMostPassedOver; --last, ++passed) {
      auto mark = stream_.ReadMark(last);
      if (absl::IsNotFound(mark.status())) continue;
      if (!mark.ok()) return mark.status();
      if (mark->checkpoint.empty() || mark->sequence <= 0) continue;
      const auto response = PullNow(store_, OneAfter(mark->checkpoint));
      if (!response.ok() && !IsOfAnotherHistory(response.status())) return response.status();
      return Found{last, *std::move(mark), response.ok()};
    }
    return std::nullopt;
  }

  BroadcastStream& stream_;
  StoreClient& store_;
};

}  // namespace

absl::StatusOr<BroadcastStart> FindBroadcastStart(BroadcastStream& stream, StoreClient& store) {
  const auto state = stream.ReadState();
  if (!state.ok()) return state.status();
  BroadcastStart start{.last_sequence = state->last_sequence};
  if (state->messages == 0) return start;
  auto mark = Search(stream, store).Newest(state->first_sequence, state->last_sequence);
  if (!mark.ok()) return mark.status();
  start.mark = *std::move(mark);
  return start;
}

absl::StatusOr<bool> HasChangesAfter(StoreClient& store, const std::string& checkpoint) {
  const auto response = PullNow(store, OneAfter(checkpoint));
  if (response.ok()) return response->users_size() > 0;
  if (IsOfAnotherHistory(response.status())) return true;
  return response.status();
}

}  // namespace usersync::bridge
