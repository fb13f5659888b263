// Broken rules in words: every ErrorReason has one text that names the field and the rule.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "users/v1/error_reason.pb.h"
#include "users/v1/mutation.pb.h"

namespace usersync {

// "EMAIL_TAKEN" for ERROR_REASON_EMAIL_TAKEN.
std::string ReasonName(users::v1::ErrorReason reason);

// The text of a reason. `field` is "" for the document as a whole. `rule` says what is allowed,
// where the reason alone does not; `value` is what was found, shown to its author only. Field and
// value may be any bytes: they are cut to 64 characters and made fit to be shown here.
std::string Describe(users::v1::ErrorReason reason, absl::string_view field,
                     absl::string_view rule = "", absl::string_view value = "");

users::v1::Violation MakeViolation(users::v1::ErrorReason reason, absl::string_view field,
                                   absl::string_view rule = "", absl::string_view value = "");

}  // namespace usersync
