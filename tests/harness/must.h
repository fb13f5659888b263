// Unwraps what a test cannot go on without. GoogleTest reports the exception as a failure of the
// test that runs; the benchmark prints it and ends.
#pragma once

#include <stdexcept>
#include <utility>

#include "absl/status/statusor.h"

namespace usersync::tests {

inline void Must(const absl::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

template <typename T>
T Must(absl::StatusOr<T> value) {
  Must(value.status());
  return *std::move(value);
}

}  // namespace usersync::tests
