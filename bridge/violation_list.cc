#include "bridge/violation_list.h"

#include "absl/strings/str_cat.h"
#include "protos/violation.h"

namespace usersync::bridge {

void ViolationList::Add(users::v1::ErrorReason reason, absl::string_view field,
                        absl::string_view rule, absl::string_view value) {
  if (found_.size() + 1 < kMost) {
    found_.push_back(MakeViolation(reason, field, rule, value));
  } else if (found_.size() < kMost) {
    const std::string more = absl::StrCat("more is wrong than the ", kMost - 1, " things named");
    found_.push_back(MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "", more));
  }
}

void ViolationList::AddInvalid(absl::string_view field, absl::string_view rule,
                               absl::string_view value) {
  Add(users::v1::ERROR_REASON_FIELD_INVALID, field, rule, value);
}

}  // namespace usersync::bridge
