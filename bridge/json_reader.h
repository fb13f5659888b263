// Reads one JSON object, as RFC 8259 has it and no more: no comments, trailing commas, NaN, byte
// order mark, nothing after the end. The only place that knows the parser (RapidJSON, which gives
// members as they come, with numbers as they were written, and never recurses).
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"

namespace usersync::bridge {

struct JsonValue {
  enum class Kind { kNull, kBool, kNumber, kString, kObject, kArray };
  Kind kind = Kind::kNull;
  // A string, decoded but not judged (see FlawOf), or a number as it was written.
  absl::string_view text;
  bool flag = false;
};

// Receives the members of an object in their order, repeated names included.
class JsonMembers {
 public:
  virtual ~JsonMembers() = default;

  // Takes a member; what the views show is gone afterwards. Returns who takes the members of
  // `value`, if that is an object and they are wanted; otherwise nullptr, and they are skipped.
  virtual JsonMembers* Take(absl::string_view name, const JsonValue& value) = 0;

  // The object ended, and took so many bytes. Not called for an object that was not read whole.
  virtual void End(size_t bytes) = 0;
};

struct JsonResult {
  enum class Kind {
    // A whole object.
    kObject,
    // JSON, but no object.
    kNoObject,
    // An object whose end was not looked at, because a number in it, already taken, is larger than
    // any double: there the parser stops.
    kCutShort,
    // Wrong from byte `offset` on. What was taken before means nothing.
    kNotJson,
  };
  Kind kind;
  size_t offset = 0;
};

JsonResult ReadJsonObject(absl::string_view json, JsonMembers& members);

}  // namespace usersync::bridge
