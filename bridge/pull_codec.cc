#include "bridge/pull_codec.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "bridge/document_codec.h"
#include "bridge/json_reader.h"
#include "bridge/json_string.h"
#include "common/status.h"
#include "protos/json_text.h"
#include "protos/violation.h"

namespace usersync::bridge {
namespace {

constexpr int kMostLimit = 1000;
constexpr size_t kMostRequestBytes = 4096;

absl::Status Invalid(users::v1::ErrorReason reason, absl::string_view field,
                     absl::string_view rule) {
  return Error(absl::StatusCode::kInvalidArgument, ReasonName(reason),
               Describe(reason, field, rule));
}

// Keeps what is right in a request, and what is wrong first.
class PullDecoder final : public JsonMembers {
 public:
  JsonMembers* Take(absl::string_view name, const JsonValue& value) override {
    if (name == "checkpoint") {
      Note(name, saw_checkpoint_ ? kOnce : TakeCheckpoint(value));
      saw_checkpoint_ = true;
    } else if (name == "limit") {
      Note(name, saw_limit_ ? kOnce : TakeLimit(value));
      saw_limit_ = true;
    } else {
      status_.Update(Invalid(users::v1::ERROR_REASON_FIELD_UNKNOWN, name, ""));
    }
    return nullptr;
  }

  void End(size_t) override {}

  const absl::Status& status() const { return status_; }
  const users::v1::PullRequest& request() const { return request_; }

 private:
  static constexpr char kOnce[] = "must be there only once";

  void Note(absl::string_view field, const char* rule) {
    if (rule == nullptr) return;
    status_.Update(Invalid(users::v1::ERROR_REASON_FIELD_INVALID, field, rule));
  }

  const char* TakeCheckpoint(const JsonValue& value) {
    if (value.kind == JsonValue::Kind::kNull) return nullptr;
    if (value.kind != JsonValue::Kind::kString) return "must be a string or null";
    if (const char* flaw = FlawOf(value.text)) return flaw;
    request_.set_checkpoint(std::string(value.text));
    return nullptr;
  }

  const char* TakeLimit(const JsonValue& value) {
    int limit = 0;
    const bool is_number =
        value.kind == JsonValue::Kind::kNumber && absl::SimpleAtoi(value.text, &limit);
    if (!is_number || limit < 1 || limit > kMostLimit) return "must be 1 to 1000";
    request_.set_limit(limit);
    return nullptr;
  }

  users::v1::PullRequest request_;
  absl::Status status_;
  bool saw_checkpoint_ = false;
  bool saw_limit_ = false;
};

}  // namespace

absl::StatusOr<users::v1::PullRequest> DecodePull(absl::string_view json) {
  PullDecoder decoder;
  const bool is_object = json.size() <= kMostRequestBytes &&
                         ReadJsonObject(json, decoder).kind == JsonResult::Kind::kObject;
  if (!decoder.status().ok()) return decoder.status();
  if (is_object) return decoder.request();
  return Invalid(users::v1::ERROR_REASON_FIELD_INVALID, "the request",
                 "must be {\"checkpoint\":…,\"limit\":n}");
}

std::string EncodePull(const users::v1::PullResponse& response) {
  std::string documents;
  std::string sequences;
  for (const auto& user : response.users()) {
    absl::StrAppend(&documents, documents.empty() ? "" : ",", EncodeDocument(user));
    absl::StrAppend(&sequences, sequences.empty() ? "" : ",", user.sequence());
  }
  std::string out =
      absl::StrCat("{\"documents\":[", documents, "],\"seqs\":[", sequences, "],\"checkpoint\":");
  if (response.checkpoint().empty()) {
    out.append("null");
  } else {
    AppendJsonString(response.checkpoint(), out);
  }
  absl::StrAppend(&out, ",\"more\":", response.more() ? "true" : "false", "}");
  return out;
}

int CountThatFits(const users::v1::PullResponse& response, size_t bytes) {
  // The sequence, the commas, and what stands around the lists.
  constexpr size_t kPerUser = 24;
  constexpr size_t kAround = 256;
  size_t total = kAround;
  int count = 0;
  for (const auto& user : response.users()) {
    total += EncodeDocument(user).size() + kPerUser;
    if (count > 0 && total > bytes) break;
    ++count;
  }
  return count;
}

std::string EncodePullError(const absl::Status& status) {
  std::string reason = ReasonOf(status);
  if (reason.empty()) reason = absl::StatusCodeToString(status.code());
  std::string out = absl::StrCat("{\"error\":{\"reason\":\"", reason, "\",\"message\":");
  AppendJsonString(std::string(status.message()), out);
  out.append("}}");
  return out;
}

}  // namespace usersync::bridge
