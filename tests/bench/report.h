// What the bench says: the figures to stdout, and how it gets on to stderr.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace usersync::tests {

// Prints a line: bench <name> <value> <unit>.
void Report(const std::string& name, double value, const std::string& unit);

// For whoever waits.
void Note(absl::string_view text);

// The value below which the share `quantile` of the samples lies, in milliseconds.
double QuantileMs(std::vector<absl::Duration> samples, double quantile);

}  // namespace usersync::tests
