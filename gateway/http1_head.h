// Checks the head of an HTTP/1.1 request byte by byte, before anything reads a meaning into it:
// whatever two servers could read differently is refused, so that no request is smuggled behind
// another (RFC 9112, sections 2.2, 5, 6.3 and 11.2).
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace usersync::gateway {

// The longest head, request line and empty line included.
inline constexpr size_t kMostHeadBytes = 16 << 10;

// `head` ends with the empty line. INVALID_ARGUMENT says what is wrong: the connection must be
// closed then, because nobody knows where the next request begins.
absl::Status CheckHttp1Head(absl::string_view head);

// Whether a line ends that has no carriage return (RFC 9112, 2.2), so that it is known before the
// empty line, which may never come.
bool HasBareLineFeed(absl::string_view bytes);

// Whether a request target is a path and perhaps a query (RFC 9112, 3.2.1), without what servers
// take for something else: control characters, fragments, backslashes.
bool IsPlainTarget(absl::string_view target);

}  // namespace usersync::gateway
