// A line of an archive, as ExportLine made it: what of it can be erased. Pure.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace usersync::store {

// Whose version it is; "" if this is no such line.
absl::string_view UserOfLine(absl::string_view line);

// Whether what a person typed stands in it and may go: not if it is gone already, nor the
// placeholders of the version that erased the user.
bool HasErasableBody(absl::string_view line);

// The same without body and body_salt; every hash stays. The line must have a body.
std::string WithoutBody(absl::string_view line);

}  // namespace usersync::store
