// The JSON body of a request, as protobuf's JSON reads it, but for what its parser is silent
// about.
#pragma once

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace usersync::gateway {

// Reads an object into an empty message. INVALID_ARGUMENT, naming the field where there is one, for
// what is no JSON (comments, single quotes, commas too many), for names that are unknown or come
// twice, values of another type, U+0000, and nesting without end.
absl::Status ReadJson(absl::string_view json, google::protobuf::Message* message);

}  // namespace usersync::gateway
