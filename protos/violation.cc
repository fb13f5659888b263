#include "protos/violation.h"

#include "absl/strings/str_cat.h"
#include "protos/utf8.h"

namespace usersync {
namespace {

constexpr size_t kMostCharacters = 64;

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
      return "is taken: a user, living or deleted, has this id";
    case users::v1::ERROR_REASON_EMAIL_TAKEN:
      return "is taken: another living user has this address";
    case users::v1::ERROR_REASON_VERSION_MISMATCH:
      return "is not the version of the user: somebody has written since";
    case users::v1::ERROR_REASON_USER_DELETED:
      return "names a user who is deleted, or, to be undeleted, is not";
    case users::v1::ERROR_REASON_CHECKPOINT_TOO_OLD:
      return "is older than what is kept: changes after it are archived";
    case users::v1::ERROR_REASON_CHECKPOINT_DIVERGED:
      return "is of another history: of another database, or of one restored from a backup; "
             "start again with a snapshot";
    case users::v1::ERROR_REASON_POSITION_MOVED:
      return "is not where the source stands: another bridge has moved it";
    case users::v1::ERROR_REASON_RATE_LIMITED:
      return "is over its limit; try again later";
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
    case users::v1::ERROR_REASON_LOG_TOO_SHORT:
      return "is beyond the end of the log";
    case users::v1::ERROR_REASON_REFUSED_NOT_FOUND:
      return "names no refused mutation, or one that is no longer kept";
    case users::v1::ERROR_REASON_REFUSED_UNDECODABLE:
      return "names what nobody could decode: it can be listed, and not applied";
    default:
      return "is wrong, and nobody said why";
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
  std::string text = absl::StrCat(field.empty() ? "the document" : ShowText(field, kMostCharacters),
                                  " ", TextOf(reason));
  if (!rule.empty()) absl::StrAppend(&text, ": ", rule);
  if (!value.empty()) {
    absl::StrAppend(&text, " (got \"", ShowText(value, kMostCharacters), "\")");
  }
  return text;
}

users::v1::Violation MakeViolation(users::v1::ErrorReason reason, absl::string_view field,
                                   absl::string_view rule, absl::string_view value) {
  users::v1::Violation violation;
  violation.set_field(ShowText(field, kMostCharacters));
  violation.set_reason(reason);
  violation.set_description(Describe(reason, field, rule, value));
  return violation;
}

}  // namespace usersync
