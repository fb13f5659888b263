// Whether a test may run a gRPC server in its own process: under ThreadSanitizer it may not,
// because the locks of Debian's gRPC are unknown to it.
#pragma once

namespace usersync {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kCanServe = false;
#else
inline constexpr bool kCanServe = true;
#endif

}  // namespace usersync
