#include "tests/integration/api_error.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace usersync::tests {
namespace {

// What only somebody who reads SQL would understand.
constexpr const char* kOfTheDatabase[] = {"select ",  "insert ", "update ", "constraint",
                                          "relation", "pg_",     "violates"};

template <typename Detail>
std::optional<Detail> DetailOf(const grpc::Status& status) {
  google::rpc::Status wire;
  if (!wire.ParseFromString(status.error_details())) return std::nullopt;
  for (const auto& any : wire.details()) {
    Detail detail;
    if (absl::EndsWith(any.type_url(), "/" + Detail::descriptor()->full_name()) &&
        detail.ParseFromString(any.value())) {
      return detail;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string FlawOf(const grpc::Status& status, grpc::StatusCode code, const std::string& reason) {
  const std::string text = status.error_message();
  if (status.error_code() != code) {
    return absl::StrCat("the code is ", status.error_code(), ", with \"", text, "\"");
  }
  if (text.empty()) return "it has no text";
  for (const char* word : kOfTheDatabase) {
    if (absl::StrContains(absl::AsciiStrToLower(text), word)) {
      return absl::StrCat("its text speaks of the database: ", text);
    }
  }
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info) return absl::StrCat("it has no ErrorInfo: ", text);
  if (info->reason() != reason) return absl::StrCat("the reason is ", info->reason());
  if (info->domain() != "usersync") return absl::StrCat("the domain is ", info->domain());
  google::rpc::Status wire;
  wire.ParseFromString(status.error_details());
  if (wire.code() != code || wire.message() != text) return "the details name another error";
  if (reason == "RATE_LIMITED" && !DetailOf<google::rpc::RetryInfo>(status)) {
    return absl::StrCat("it does not say when to try again: ", text);
  }
  if (code == grpc::StatusCode::INVALID_ARGUMENT && FieldsOf(status).empty()) {
    return absl::StrCat("it names no field in a BadRequest: ", text);
  }
  return "";
}

std::vector<std::string> FieldsOf(const grpc::Status& status) {
  std::vector<std::string> fields;
  const auto request = DetailOf<google::rpc::BadRequest>(status);
  if (!request) return fields;
  for (const auto& violation : request->field_violations()) {
    if (!violation.description().empty()) fields.push_back(violation.field());
  }
  return fields;
}

}  // namespace usersync::tests
