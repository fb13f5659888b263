#include "store/violation_json.h"

#include <rapidjson/document.h>

#include "absl/strings/str_cat.h"
#include "protos/json_text.h"
#include "protos/violation.h"

namespace usersync::store {

std::string ViolationsJson(
    const google::protobuf::RepeatedPtrField<users::v1::Violation>& violations) {
  std::string out = "[";
  for (const users::v1::Violation& violation : violations) {
    if (out.size() > 1) out.push_back(',');
    out.append("{\"field\":");
    AppendJsonString(violation.field(), out);
    out.append(",\"reason\":");
    AppendJsonString(ReasonName(violation.reason()), out);
    out.append(",\"description\":");
    AppendJsonString(violation.description(), out);
    out.push_back('}');
  }
  out.push_back(']');
  return out;
}

absl::StatusOr<std::vector<users::v1::Violation>> ParseViolations(absl::string_view json) {
  rapidjson::Document parsed;
  parsed.Parse(json.data(), json.size());
  if (parsed.HasParseError() || !parsed.IsArray()) {
    return absl::DataLossError("a stored list of violations is damaged");
  }
  std::vector<users::v1::Violation> violations;
  for (const auto& item : parsed.GetArray()) {
    const auto text = [&item](const char* name) {
      const auto found = item.FindMember(name);
      return found != item.MemberEnd() && found->value.IsString()
                 ? std::string(found->value.GetString(), found->value.GetStringLength())
                 : "";
    };
    if (!item.IsObject()) return absl::DataLossError("a stored violation is damaged");
    users::v1::Violation& violation = violations.emplace_back();
    violation.set_field(text("field"));
    users::v1::ErrorReason reason = users::v1::ERROR_REASON_UNSPECIFIED;
    users::v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", text("reason")), &reason);
    violation.set_reason(reason);
    violation.set_description(text("description"));
  }
  return violations;
}

}  // namespace usersync::store
