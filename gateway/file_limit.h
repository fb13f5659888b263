// How many file descriptors this process may have.
#pragma once

#include <sys/resource.h>

#include <cstddef>

namespace usersync::gateway {

// Asks for as many as are allowed, because every connection is one. Returns how many there are.
inline size_t RaiseFileLimit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace usersync::gateway
