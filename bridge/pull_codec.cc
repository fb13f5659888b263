#include "bridge/pull_codec.h"

#include <rapidjson/document.h>

#include "absl/strings/str_cat.h"
#include "bridge/document_codec.h"
#include "common/status.h"
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

}  // namespace

absl::StatusOr<users::v1::PullRequest> DecodePull(absl::string_view json) {
  const absl::Status not_json = Invalid(users::v1::ERROR_REASON_FIELD_INVALID, "the request",
                                        "must be {\"checkpoint\":…,\"limit\":n}");
  if (json.size() > kMostRequestBytes) return not_json;
  rapidjson::Document parsed;
  constexpr unsigned kFlags =
      rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag;
  parsed.Parse<kFlags>(json.data(), json.size());
  if (parsed.HasParseError() || !parsed.IsObject()) return not_json;
  users::v1::PullRequest request;
  bool saw_checkpoint = false;
  bool saw_limit = false;
  for (const auto& member : parsed.GetObject()) {
    const absl::string_view name(member.name.GetString(), member.name.GetStringLength());
    bool& seen = name == "checkpoint" ? saw_checkpoint : saw_limit;
    if (name != "checkpoint" && name != "limit") {
      return Invalid(users::v1::ERROR_REASON_FIELD_UNKNOWN, name, "");
    }
    if (seen) {
      return Invalid(users::v1::ERROR_REASON_FIELD_INVALID, name, "must be there only once");
    }
    seen = true;
    const auto& value = member.value;
    if (name == "limit") {
      if (!value.IsInt() || value.GetInt() < 1 || value.GetInt() > kMostLimit) {
        return Invalid(users::v1::ERROR_REASON_FIELD_INVALID, name, "must be 1 to 1000");
      }
      request.set_limit(value.GetInt());
    } else if (value.IsString()) {
      request.set_checkpoint(std::string(value.GetString(), value.GetStringLength()));
    } else if (!value.IsNull()) {
      return Invalid(users::v1::ERROR_REASON_FIELD_INVALID, name, "must be a string or null");
    }
  }
  return request;
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
