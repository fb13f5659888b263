#include "bridge/streams.h"

#include "bridge/subjects.h"

namespace usersync::bridge {
namespace {

constexpr int64_t kUpdateMaxBytes = int64_t{4} << 30;
constexpr int64_t kUpdateMaxAgeNs = int64_t{7} * 24 * 3600 * 1000000000;
constexpr int32_t kUpdateMaxMessageBytes = 512 << 10;
// The least that the server allows: ours must never be taken for duplicates after a purge.
constexpr int64_t kDuplicateWindowNs = 100 * 1000000;

struct Wanted {
  jsStreamConfig config;
  const char* subjects[2];
};

void FillUpdates(Wanted& wanted) {
  jsStreamConfig_Init(&wanted.config);
  wanted.subjects[0] = "users.update";
  wanted.subjects[1] = "users.update.*";
  wanted.config.Name = kUpdateStream;
  wanted.config.Subjects = wanted.subjects;
  wanted.config.SubjectsLen = 2;
  wanted.config.Storage = js_FileStorage;
  wanted.config.MaxBytes = kUpdateMaxBytes;
  wanted.config.MaxAge = kUpdateMaxAgeNs;
  wanted.config.MaxMsgSize = kUpdateMaxMessageBytes;
  // Refuse what is new rather than lose what is old and not yet taken in.
  wanted.config.Discard = js_DiscardNew;
  // An acknowledgement would go to any subject that a client names as reply.
  wanted.config.NoAck = true;
  wanted.config.Duplicates = kDuplicateWindowNs;
}

void FillBroadcasts(Wanted& wanted) {
  jsStreamConfig_Init(&wanted.config);
  wanted.subjects[0] = "users.broadcast";
  wanted.config.Name = kBroadcastStream;
  wanted.config.Subjects = wanted.subjects;
  wanted.config.SubjectsLen = 1;
  wanted.config.Storage = js_FileStorage;
  wanted.config.MaxBytes = kBroadcastMaxBytes;
  wanted.config.Discard = js_DiscardOld;
  wanted.config.Duplicates = kDuplicateWindowNs;
}

bool SameSubjects(const jsStreamConfig& a, const jsStreamConfig& b) {
  if (a.SubjectsLen != b.SubjectsLen) return false;
  for (int i = 0; i < a.SubjectsLen; ++i) {
    if (std::string(a.Subjects[i]) != b.Subjects[i]) return false;
  }
  return true;
}

bool Same(const jsStreamConfig& has, const jsStreamConfig& wanted) {
  return SameSubjects(has, wanted) && has.MaxBytes == wanted.MaxBytes &&
         has.MaxAge == wanted.MaxAge && has.Discard == wanted.Discard &&
         has.NoAck == wanted.NoAck && has.Duplicates == wanted.Duplicates &&
         (has.MaxMsgSize == wanted.MaxMsgSize || wanted.MaxMsgSize <= 0);
}

absl::Status SetUp(const NatsConnection& nats, Wanted& wanted,
                   const std::function<void(const std::string&)>& say) {
  const std::string name = wanted.config.Name;
  jsStreamInfo* raw = nullptr;
  jsErrCode error = static_cast<jsErrCode>(0);
  natsStatus status = js_GetStreamInfo(&raw, nats.jetstream(), name.c_str(), nullptr, &error);
  StreamInfoHandle info(raw);
  if (status == NATS_OK && Same(*info->Config, wanted.config)) {
    say(absl::StrCat(name, " stream is there"));
    return absl::OkStatus();
  }
  const bool is_new = status == NATS_NOT_FOUND;
  if (is_new) {
    status = js_AddStream(nullptr, nats.jetstream(), &wanted.config, nullptr, &error);
  } else if (status == NATS_OK) {
    status = js_UpdateStream(nullptr, nats.jetstream(), &wanted.config, nullptr, &error);
  }
  if (status != NATS_OK) {
    return FromNats(status, absl::StrCat("set up the stream ", name, " (is there disk for it?)"),
                    error);
  }
  say(absl::StrCat(is_new ? "Created " : "Updated ", name, " stream"));
  return absl::OkStatus();
}

}  // namespace

absl::Status SetUpStreams(const NatsConnection& nats,
                          const std::function<void(const std::string&)>& say) {
  Wanted updates;
  FillUpdates(updates);
  if (auto status = SetUp(nats, updates, say); !status.ok()) return status;
  Wanted broadcasts;
  FillBroadcasts(broadcasts);
  return SetUp(nats, broadcasts, say);
}

absl::StatusOr<StreamState> ReadStreamState(const NatsConnection& nats, const std::string& stream) {
  jsStreamInfo* raw = nullptr;
  jsErrCode error = static_cast<jsErrCode>(0);
  const natsStatus status =
      js_GetStreamInfo(&raw, nats.jetstream(), stream.c_str(), nullptr, &error);
  const StreamInfoHandle info(raw);
  if (status != NATS_OK) return FromNats(status, absl::StrCat("read stream ", stream), error);
  return StreamState{info->State.Msgs, info->State.FirstSeq, info->State.LastSeq,
                     info->State.LastTime};
}

absl::StatusOr<MessageHandle> ReadMessage(const NatsConnection& nats, const std::string& stream,
                                          uint64_t sequence) {
  natsMsg* raw = nullptr;
  jsErrCode error = static_cast<jsErrCode>(0);
  const natsStatus status =
      js_GetMsg(&raw, nats.jetstream(), stream.c_str(), sequence, nullptr, &error);
  MessageHandle message(raw);
  if (status != NATS_OK) {
    return FromNats(status, absl::StrCat("read message ", sequence, " of ", stream), error);
  }
  return message;
}

std::string HeaderOf(natsMsg* message, const char* name) {
  const char* value = nullptr;
  if (natsMsgHeader_Get(message, name, &value) != NATS_OK || value == nullptr) return "";
  return value;
}

}  // namespace usersync::bridge
