// The files of the built page, read from their folder as they are asked for.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

struct PageFile {
  std::string content;
  std::string type;
  // Changes whenever the file does.
  std::string etag;
  // Whether its name holds a hash of its content, so that it is good for ever.
  bool is_immutable = false;
};

class PageFiles {
 public:
  // "" or a folder that is not there: there are no files.
  explicit PageFiles(std::string folder) : folder_(std::move(folder)) {}

  // The file at the path of a request, "/" being index.html. nullopt if there is none, and for
  // every path with a part that could lead out of the folder or to what is hidden in it.
  std::optional<PageFile> Find(absl::string_view path) const;

 private:
  const std::string folder_;
};

}  // namespace usersync::gateway
