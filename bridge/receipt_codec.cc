#include "bridge/receipt_codec.h"

#include <charconv>

#include "absl/strings/str_cat.h"
#include "bridge/document_codec.h"
#include "protos/json_text.h"
#include "protos/violation.h"

namespace usersync::bridge {
namespace {

// The shortest that reads back the same; StrAppend would round to six digits.
void AppendNumber(double number, std::string& out) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number);
  out.append(digits, end.ptr);
}

void AppendValue(const char* key, const google::protobuf::Value& value, std::string& out) {
  absl::StrAppend(&out, ",\"", key, "\":");
  switch (value.kind_case()) {
    case google::protobuf::Value::kStringValue:
      AppendJsonString(value.string_value(), out);
      break;
    case google::protobuf::Value::kBoolValue:
      out.append(value.bool_value() ? "true" : "false");
      break;
    case google::protobuf::Value::kNumberValue:
      AppendNumber(value.number_value(), out);
      break;
    default:
      out.append("null");
  }
}

void AppendConflicts(const users::v1::Receipt& receipt, std::string& out) {
  out.append(",\"conflicts\":[");
  bool first = true;
  for (const auto& conflict : receipt.conflicts()) {
    out.append(first ? "{\"field\":" : ",{\"field\":");
    first = false;
    AppendJsonString(conflict.field(), out);
    if (conflict.has_base()) AppendValue("base", conflict.base(), out);
    if (conflict.has_mine()) AppendValue("mine", conflict.mine(), out);
    if (conflict.has_theirs()) AppendValue("theirs", conflict.theirs(), out);
    out.push_back('}');
  }
  out.push_back(']');
}

void AppendViolations(const users::v1::Receipt& receipt, std::string& out) {
  out.append(",\"violations\":[");
  bool first = true;
  for (const auto& violation : receipt.violations()) {
    out.append(first ? "{\"field\":" : ",{\"field\":");
    first = false;
    AppendJsonString(violation.field(), out);
    absl::StrAppend(&out, ",\"reason\":\"", ReasonName(violation.reason()), "\",\"description\":");
    AppendJsonString(violation.description(), out);
    out.push_back('}');
  }
  out.push_back(']');
}

}  // namespace

std::string OutcomeName(users::v1::Outcome outcome) {
  constexpr size_t kPrefix = sizeof("OUTCOME_") - 1;
  const std::string& name = users::v1::Outcome_Name(outcome);
  return name.size() > kPrefix ? name.substr(kPrefix) : "UNSPECIFIED";
}

std::string EncodeReceipt(const users::v1::Receipt& receipt, absl::string_view mutation_id,
                          size_t index) {
  std::string out = "{\"mutation_id\":";
  AppendJsonString(mutation_id, out);
  absl::StrAppend(&out, ",\"index\":", index, ",\"outcome\":\"", OutcomeName(receipt.outcome()),
                  "\"");
  const bool committed = receipt.outcome() == users::v1::OUTCOME_APPLIED ||
                         receipt.outcome() == users::v1::OUTCOME_MERGED ||
                         receipt.outcome() == users::v1::OUTCOME_UNCHANGED;
  if (committed) {
    absl::StrAppend(&out, ",\"seq\":", receipt.sequence(), ",\"version\":", receipt.version());
  }
  if (receipt.has_user()) absl::StrAppend(&out, ",\"document\":", EncodeDocument(receipt.user()));
  if (!receipt.conflicts().empty()) AppendConflicts(receipt, out);
  if (!receipt.violations().empty()) AppendViolations(receipt, out);
  if (receipt.replayed()) out.append(",\"replayed\":true");
  out.push_back('}');
  return out;
}

std::string EncodeRefusal(const users::v1::Receipt& receipt, int64_t refused_id) {
  std::string out = absl::StrCat("{\"id\":", refused_id, ",\"outcome\":\"",
                                 OutcomeName(receipt.outcome()), "\",\"reasons\":[");
  bool first = true;
  for (const auto& violation : receipt.violations()) {
    absl::StrAppend(&out, first ? "\"" : ",\"", ReasonName(violation.reason()), "\"");
    first = false;
  }
  out.append("]}");
  return out;
}

}  // namespace usersync::bridge
