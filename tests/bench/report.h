// Prints what was measured, a line a figure: bench <name> <value> <unit>.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace usersync::tests {

void Report(const std::string& name, double value, const std::string& unit);

// The value below which the share `quantile` of the samples lies, in milliseconds.
double QuantileMs(std::vector<absl::Duration> samples, double quantile);

}  // namespace usersync::tests
