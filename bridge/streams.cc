#include "bridge/streams.h"

#include <vector>

#include "absl/strings/str_join.h"
#include "bridge/subjects.h"

namespace usersync::bridge {
namespace {

constexpr int64_t kUpdateMaxBytes = int64_t{4} << 30;
constexpr int64_t kUpdateMaxAgeNs = int64_t{7} * 24 * 3600 * 1000000000;
constexpr int32_t kUpdateMaxMessageBytes = 512 << 10;
// The least that the server allows: ours must never be taken for duplicates after a purge.
constexpr int64_t kDuplicateWindowNs = 100 * 1000000;

// JetStream's error codes for a lack of room.
constexpr int kInsufficientResources = 10023;
constexpr int kStorageExceeded = 10047;
// And for what a stream cannot become, and for subjects that another stream has.
constexpr int kInvalidConfig = 10052;
constexpr int kSubjectsOverlap = 10065;

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

// The server writes "no limit" as -1, a configuration may also say 0.
int64_t Limit(int64_t limit) { return limit <= 0 ? -1 : limit; }

bool SameSubjects(const jsStreamConfig& a, const jsStreamConfig& b) {
  if (a.SubjectsLen != b.SubjectsLen) return false;
  for (int i = 0; i < a.SubjectsLen; ++i) {
    if (std::string(a.Subjects[i]) != b.Subjects[i]) return false;
  }
  return true;
}

// The settings of `has` that differ from `wanted`, by name.
std::vector<std::string> Differences(const jsStreamConfig& has, const jsStreamConfig& wanted) {
  std::vector<std::string> names;
  const auto compare = [&names](const char* name, auto a, auto b) {
    if (a != b) names.push_back(name);
  };
  if (!SameSubjects(has, wanted)) names.push_back("subjects");
  compare("retention", has.Retention, wanted.Retention);
  compare("storage", has.Storage, wanted.Storage);
  compare("max_bytes", has.MaxBytes, wanted.MaxBytes);
  compare("max_age", has.MaxAge, wanted.MaxAge);
  compare("max_msgs", Limit(has.MaxMsgs), Limit(wanted.MaxMsgs));
  compare("max_msgs_per_subject", Limit(has.MaxMsgsPerSubject), Limit(wanted.MaxMsgsPerSubject));
  compare("max_msg_size", Limit(has.MaxMsgSize), Limit(wanted.MaxMsgSize));
  compare("discard", has.Discard, wanted.Discard);
  compare("no_ack", has.NoAck, wanted.NoAck);
  compare("duplicate_window", has.Duplicates, wanted.Duplicates);
  return names;
}

absl::Status Explain(natsStatus status, const jsStreamConfig& wanted, int js_error) {
  if (js_error == kInsufficientResources || js_error == kStorageExceeded) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "JetStream has no room for the stream ", wanted.Name, ", which may grow to ",
        wanted.MaxBytes >> 20, " MiB: free disk space, or raise jetstream.max_file_store"));
  }
  if (js_error == kSubjectsOverlap) {
    return absl::FailedPreconditionError(absl::StrCat("another stream takes in the subjects of ",
                                                      wanted.Name, ": remove it, or its subjects"));
  }
  return FromNats(status, absl::StrCat("set up the stream ", wanted.Name), js_error);
}

absl::Status SetUp(const NatsConnection& nats, Wanted& wanted,
                   const std::function<void(const std::string&)>& say) {
  const std::string name = wanted.config.Name;
  jsStreamInfo* raw = nullptr;
  jsErrCode error = static_cast<jsErrCode>(0);
  natsStatus status = js_GetStreamInfo(&raw, nats.jetstream(), name.c_str(), nullptr, &error);
  const StreamInfoHandle info(raw);
  if (status == NATS_NOT_FOUND) {
    status = js_AddStream(nullptr, nats.jetstream(), &wanted.config, nullptr, &error);
    if (status == NATS_OK) say(absl::StrCat("Created ", name, " stream"));
    return Explain(status, wanted.config, error);
  }
  if (status != NATS_OK) return Explain(status, wanted.config, error);
  const std::vector<std::string> different = Differences(*info->Config, wanted.config);
  if (different.empty()) {
    say(absl::StrCat(name, " stream exists"));
    return absl::OkStatus();
  }
  // How many servers keep it is the operator's choice.
  wanted.config.Replicas = info->Config->Replicas;
  status = js_UpdateStream(nullptr, nats.jetstream(), &wanted.config, nullptr, &error);
  if (status == NATS_OK) {
    say(absl::StrCat("Updated ", name, " stream: ", absl::StrJoin(different, ", ")));
  }
  if (error == kInvalidConfig) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the stream ", name, " cannot be brought in line (", absl::StrJoin(different, ", "),
        "): remove it, with its messages, and it is made anew"));
  }
  return Explain(status, wanted.config, error);
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
                     info->State.LastTime, info->Created};
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

}  // namespace usersync::bridge
