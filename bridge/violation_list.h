// Gathers what is wrong with one mutation. Bounded: it can hold thousands of wrong fields, and its
// receipt must fit into a message.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "users/v1/mutation.pb.h"

namespace usersync::bridge {

class ViolationList {
 public:
  // No receipt names more than these; the last then says that there are more.
  static constexpr size_t kMost = 50;

  // As MakeViolation; all but `rule` may be any bytes.
  void Add(users::v1::ErrorReason reason, absl::string_view field, absl::string_view rule = "",
           absl::string_view value = "");

  // FIELD_INVALID.
  void AddInvalid(absl::string_view field, absl::string_view rule, absl::string_view value = "");

  bool empty() const { return found_.empty(); }
  const std::vector<users::v1::Violation>& found() const { return found_; }

 private:
  std::vector<users::v1::Violation> found_;
};

}  // namespace usersync::bridge
