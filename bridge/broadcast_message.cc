#include "bridge/broadcast_message.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "bridge/document_codec.h"
#include "bridge/subjects.h"

namespace usersync::bridge {
namespace {

constexpr char kGuardHeader[] = "Nats-Expected-Last-Sequence";

// What may stand in a header: nothing that could begin another one.
bool IsHeaderText(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isgraph(c); });
}

void AppendHeader(absl::string_view name, absl::string_view value, std::string& headers) {
  if (IsHeaderText(value)) absl::StrAppend(&headers, name, ": ", value, "\r\n");
}

// "update" for ACTION_UPDATE.
absl::string_view ActionName(users::v1::Action action) {
  static const auto* const kNames = [] {
    constexpr size_t kPrefix = sizeof("ACTION_") - 1;
    auto* names = new std::map<int, std::string>();
    const auto* values = users::v1::Action_descriptor();
    for (int i = 0; i < values->value_count(); ++i) {
      const auto* value = values->value(i);
      (*names)[value->number()] = absl::AsciiStrToLower(value->name().substr(kPrefix));
    }
    return names;
  }();
  const auto found = kNames->find(action);
  return found == kNames->end() ? "" : absl::string_view(found->second);
}

std::string HeadersOf(const users::v1::Change& change, const std::string& epoch) {
  const users::v1::Version& version = change.version();
  std::string headers;
  headers.reserve(512);
  absl::StrAppend(&headers, "Users-Seq: ", version.sequence(),
                  "\r\nUsers-Version: ", version.version(), "\r\n");
  AppendHeader("Users-Epoch", epoch, headers);
  AppendHeader("Users-Checkpoint", change.checkpoint(), headers);
  AppendHeader("Users-Action", ActionName(version.action()), headers);
  AppendHeader("Users-Actor", version.actor(), headers);
  AppendHeader("Users-Mutation", version.mutation_id(), headers);
  AppendHeader("Nats-Msg-Id", change.checkpoint(), headers);
  return headers;
}

}  // namespace

absl::StatusOr<MessageHandle> MakeBroadcast(const BroadcastRequest& request,
                                            const std::string& reply) {
  const users::v1::Version& version = request.change.version();
  const std::string payload = version.has_user() ? EncodeDocument(version.user()) : "";
  natsMsg* raw = nullptr;
  natsStatus status =
      natsMsg_Create(&raw, kBroadcastSubject, reply.empty() ? nullptr : reply.c_str(),
                     payload.data(), static_cast<int>(payload.size()));
  MessageHandle message(raw);
  // All headers as one: nats.c makes a map of them, which takes 0.5 us a header, and then writes
  // each name and value as they are. The guard is set by hand, because nats.c leaves 0 out.
  if (status == NATS_OK) {
    const std::string name = HeadersOf(request.change, request.epoch) + kGuardHeader;
    status = natsMsgHeader_Set(raw, name.c_str(), absl::StrCat(request.expected_last).c_str());
  }
  if (status != NATS_OK) return FromNats(status, "make a broadcast");
  return message;
}

std::string EncodeHeartbeat(const std::string& epoch, int64_t sequence) {
  return absl::StrCat("{\"epoch\":\"", epoch, "\",\"seq\":", sequence, "}");
}

}  // namespace usersync::bridge
