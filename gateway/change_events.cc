#include "gateway/change_events.h"

#include "absl/strings/str_cat.h"
#include "gateway/json_answer.h"
#include "gateway/problem.h"

namespace usersync::gateway {
namespace {

// Data is one line: JSON has no line breaks of its own.
std::string Event(absl::string_view type, absl::string_view id, absl::string_view data) {
  std::string text;
  if (!type.empty()) absl::StrAppend(&text, "event: ", type, "\n");
  if (!id.empty()) absl::StrAppend(&text, "id: ", id, "\n");
  absl::StrAppend(&text, "data: ", data, "\n\n");
  return text;
}

}  // namespace

std::string EventsOf(const users::v1::WatchResponse& response) {
  switch (response.event_case()) {
    case users::v1::WatchResponse::kChanges: {
      std::string text;
      for (const users::v1::Change& change : response.changes().changes()) {
        text += Event("", change.checkpoint(), JsonOf(change));
      }
      return text;
    }
    case users::v1::WatchResponse::kSnapshot:
      return Event("snapshot", response.checkpoint(), JsonOf(response.snapshot()));
    case users::v1::WatchResponse::kSnapshotEnd:
      return Event("snapshotEnd", response.checkpoint(), JsonOf(response.snapshot_end()));
    default:
      return absl::StrCat(": heartbeat, head ", response.head_sequence(), "\n\n");
  }
}

std::string ErrorEvent(const absl::Status& error) {
  return Event("error", "", ProblemJson(HttpStatusOf(error.code()), error));
}

}  // namespace usersync::gateway
