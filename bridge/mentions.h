// Whether a message speaks of one of some users. Pure.
#pragma once

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace usersync::bridge {

// Whether one of the ids stands anywhere in `payload` as a string of JSON, be it JSON or not: what
// could not be decoded holds a person's data too. Rather too much is found than too little.
bool Mentions(absl::string_view payload, const absl::flat_hash_set<std::string>& ids);

}  // namespace usersync::bridge
