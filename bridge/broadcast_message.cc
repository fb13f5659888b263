#include "bridge/broadcast_message.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "bridge/document_codec.h"
#include "bridge/subjects.h"

namespace usersync::bridge {
namespace {

// What may stand in a header: nothing that could begin another one.
bool IsHeaderText(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isgraph(c); });
}

// "update" for ACTION_UPDATE.
std::string ActionName(users::v1::Action action) {
  constexpr size_t kPrefix = sizeof("ACTION_") - 1;
  return absl::AsciiStrToLower(users::v1::Action_Name(action).substr(kPrefix));
}

}  // namespace

absl::StatusOr<MessageHandle> MakeBroadcast(const users::v1::Change& change,
                                            const std::string& epoch, uint64_t expected_last,
                                            const std::string& reply) {
  const users::v1::Version& version = change.version();
  const std::string payload = version.has_user() ? EncodeDocument(version.user()) : "";
  natsMsg* raw = nullptr;
  natsStatus status = natsMsg_Create(&raw, kBroadcastSubject, reply.c_str(), payload.data(),
                                     static_cast<int>(payload.size()));
  MessageHandle message(raw);
  const std::pair<const char*, std::string> headers[] = {
      {"Users-Seq", absl::StrCat(version.sequence())},
      {"Users-Epoch", epoch},
      {"Users-Checkpoint", change.checkpoint()},
      {"Users-Version", absl::StrCat(version.version())},
      {"Users-Action", ActionName(version.action())},
      {"Users-Actor", version.actor()},
      {"Users-Mutation", version.mutation_id()},
      {"Nats-Msg-Id", change.checkpoint()},
      // By hand: nats.c leaves 0 out.
      {"Nats-Expected-Last-Sequence", absl::StrCat(expected_last)},
  };
  for (const auto& [name, value] : headers) {
    if (status == NATS_OK && IsHeaderText(value)) {
      status = natsMsgHeader_Set(raw, name, value.c_str());
    }
  }
  if (status != NATS_OK) return FromNats(status, "make a broadcast");
  return message;
}

std::string EncodeHeartbeat(const std::string& epoch, int64_t sequence) {
  return absl::StrCat("{\"epoch\":\"", epoch, "\",\"seq\":", sequence, "}");
}

}  // namespace usersync::bridge
