#include "protos/violation.h"

#include "absl/strings/str_cat.h"

namespace usersync {
namespace {

constexpr size_t kMostValueCharacters = 64;

// The first 64 characters, with control characters as '?': a text must not carry them on.
std::string Cut(absl::string_view value) {
  std::string cut;
  size_t characters = 0;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) != 0x80 && ++characters > kMostValueCharacters) return cut + "…";
    cut.push_back(byte < 0x20 || byte == 0x7f ? '?' : c);
  }
  return cut;
}

const char* TextOf(users::v1::ErrorReason reason) {
  switch (reason) {
    case users::v1::ERROR_REASON_FIELD_INVALID:
      return "has a value that is not allowed";
    case users::v1::ERROR_REASON_FIELD_REQUIRED:
      return "is required";
    case users::v1::ERROR_REASON_FIELD_UNKNOWN:
      return "is not a field that the schema knows";
    case users::v1::ERROR_REASON_TOO_LARGE:
      return "is too large";
    case users::v1::ERROR_REASON_MUTATION_ID_REUSED:
      return "was used before, for different content; draw a new one";
    case users::v1::ERROR_REASON_TOKEN_MALFORMED:
      return "is not a token that this service gave out";
    case users::v1::ERROR_REASON_USER_NOT_FOUND:
      return "names no user";
    case users::v1::ERROR_REASON_VERSION_NOT_FOUND:
      return "names a version that the user does not have";
    case users::v1::ERROR_REASON_USER_EXISTS:
      return "is the id of a user already, living or deleted";
    case users::v1::ERROR_REASON_EMAIL_TAKEN:
      return "is the address of another living user";
    case users::v1::ERROR_REASON_VERSION_MISMATCH:
      return "is not the user's version: somebody else has written since";
    case users::v1::ERROR_REASON_USER_DELETED:
      return "names a user whose being deleted or not forbids this";
    case users::v1::ERROR_REASON_CHECKPOINT_TOO_OLD:
      return "is older than what is kept: changes after it are archived";
    case users::v1::ERROR_REASON_CHECKPOINT_DIVERGED:
      return "is of another history: of another database, or of one restored from a backup; "
             "start again with a snapshot";
    case users::v1::ERROR_REASON_POSITION_MOVED:
      return "is not where the source stands: another bridge has moved it";
    case users::v1::ERROR_REASON_RATE_LIMITED:
      return "sends more than its limit; try again later";
    case users::v1::ERROR_REASON_ROLE_MISSING:
      return "is a role that the caller needs and does not have";
    case users::v1::ERROR_REASON_USER_ERASED:
      return "names a user who was erased; it can never be written again";
    case users::v1::ERROR_REASON_VERSION_ARCHIVED:
      return "names a version that is archived";
    case users::v1::ERROR_REASON_TIME_IN_FUTURE:
      return "is later than the newest commit";
    case users::v1::ERROR_REASON_USER_NOT_YET_CREATED:
      return "is before the user was created";
    default:
      return "is wrong";
  }
}

}  // namespace

std::string ReasonName(users::v1::ErrorReason reason) {
  constexpr size_t kPrefix = sizeof("ERROR_REASON_") - 1;
  const std::string& name = users::v1::ErrorReason_Name(reason);
  return name.size() > kPrefix ? name.substr(kPrefix) : "UNSPECIFIED";
}

std::string Describe(users::v1::ErrorReason reason, absl::string_view field, absl::string_view rule,
                     absl::string_view value) {
  std::string text = absl::StrCat(field.empty() ? "the document" : field, " ", TextOf(reason));
  if (!rule.empty()) absl::StrAppend(&text, ": ", rule);
  if (!value.empty()) absl::StrAppend(&text, " (found \"", Cut(value), "\")");
  return text;
}

users::v1::Violation MakeViolation(users::v1::ErrorReason reason, absl::string_view field,
                                   absl::string_view rule, absl::string_view value) {
  users::v1::Violation violation;
  violation.set_field(std::string(field));
  violation.set_reason(reason);
  violation.set_description(Describe(reason, field, rule, value));
  return violation;
}

}  // namespace usersync
