#include "bridge/publish_answer.h"

#include <rapidjson/document.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace usersync::bridge {
namespace {

// JetStream's "wrong last sequence".
constexpr int kWrongLastSequence = 10071;

absl::Status NoAnswer() { return absl::UnavailableError("JetStream does not answer"); }

// The whole of nearly every answer, written without a choice: {"stream":"NAME", "seq":N}.
bool ParseUsual(absl::string_view json, uint64_t* sequence) {
  if (!absl::ConsumePrefix(&json, "{\"stream\":\"USERS_BROADCAST\",")) return false;
  absl::ConsumePrefix(&json, " ");
  return absl::ConsumePrefix(&json, "\"seq\":") && absl::ConsumeSuffix(&json, "}") &&
         absl::SimpleAtoi(json, sequence);
}

absl::Status ErrorIn(const rapidjson::Value& error) {
  if (!error.IsObject()) return NoAnswer();
  const auto code = error.FindMember("err_code");
  if (code == error.MemberEnd() || !code->value.IsInt()) return NoAnswer();
  if (code->value.GetInt() == kWrongLastSequence) {
    return absl::AbortedError("USERS_BROADCAST is not where this bridge left it");
  }
  return absl::UnavailableError(
      absl::StrCat("JetStream refused a broadcast: error ", code->value.GetInt()));
}

}  // namespace

absl::StatusOr<uint64_t> ParsePublishAnswer(absl::string_view json) {
  uint64_t sequence = 0;
  if (ParseUsual(json, &sequence)) return sequence;
  rapidjson::Document answer;
  answer.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
  if (answer.HasParseError() || !answer.IsObject()) return NoAnswer();
  if (const auto error = answer.FindMember("error"); error != answer.MemberEnd()) {
    return ErrorIn(error->value);
  }
  const auto duplicate = answer.FindMember("duplicate");
  if (duplicate != answer.MemberEnd() && duplicate->value.IsTrue()) {
    return absl::AlreadyExistsError("JetStream took a broadcast for a duplicate");
  }
  const auto stored_at = answer.FindMember("seq");
  if (stored_at == answer.MemberEnd() || !stored_at->value.IsUint64()) return NoAnswer();
  return stored_at->value.GetUint64();
}

}  // namespace usersync::bridge
