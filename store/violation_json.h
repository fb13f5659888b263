// Broken rules as the columns `violations` keep them: [{"field","reason","description"}].
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "users/v1/mutation.pb.h"

namespace usersync::store {

std::string ViolationsJson(
    const google::protobuf::RepeatedPtrField<users::v1::Violation>& violations);

// Reads what ViolationsJson wrote. DATA_LOSS if it is not that.
absl::StatusOr<std::vector<users::v1::Violation>> ParseViolations(absl::string_view json);

}  // namespace usersync::store
