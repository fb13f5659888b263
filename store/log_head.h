// A head of the log as text (C2SP tlog-checkpoint): three lines, origin, size, and the root in
// base64.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::store {

struct LogHead {
  // "<host>/usersync/<epoch>": the log's name, and that of the key that signs it. A database
  // with another epoch is another log.
  std::string origin;
  int64_t size = 0;
  // 32 bytes.
  std::string root;

  bool operator==(const LogHead&) const = default;
};

// Whether `host` can stand in an origin: 1 to 200 characters of [A-Za-z0-9.:_-].
bool IsLogHost(absl::string_view host);

std::string OriginOf(absl::string_view host, absl::string_view epoch);

std::string TextOf(const LogHead& head);

// Reads a text or a whole note; further lines are ignored. INVALID_ARGUMENT if it is none.
absl::StatusOr<LogHead> ParseLogHead(absl::string_view text);

}  // namespace usersync::store
