// Decodes a stream of base64 in groups of four. Padding may stand in mid-stream, because clients
// encode each frame alone, and pieces may split groups. White space and the URL alphabet are not
// base64 here.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

class Base64Reader {
 public:
  // Appends what `text` decodes to. Returns false, for good, if it is no base64.
  bool Read(absl::string_view text, std::string* out);

  // Whether the text so far ends inside a group.
  bool is_inside() const { return !group_.empty(); }

 private:
  std::string group_;
  bool failed_ = false;
};

}  // namespace usersync::gateway
