// The paths of C2SP tlog-tiles.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

struct TilePath {
  int level = 0;
  int64_t number = 0;
  // How many hashes of it: 1 to 255 of one that is not full, 256 of a full one.
  int width = 256;

  bool operator==(const TilePath&) const = default;
};

// Reads what follows /log/tile/: <L>/<N>[.p/<W>], N in groups of three digits, all but the last
// after an x, as in 0/x001/x234/067.p/8. Nothing for any other text: each tile has one path.
std::optional<TilePath> ParseTilePath(absl::string_view path);

}  // namespace usersync::gateway
