#include "tests/bench/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace usersync::tests {

void Report(const std::string& name, double value, const std::string& unit) {
  std::printf("bench %s %.*f %s\n", name.c_str(), value < 100 ? 3 : 0, value, unit.c_str());
  std::fflush(stdout);
}

void Note(absl::string_view text) {
  std::fprintf(stderr, "# %.*s\n", static_cast<int>(text.size()), text.data());
}

double QuantileMs(std::vector<absl::Duration> samples, double quantile) {
  if (samples.empty()) return NAN;
  const auto index = static_cast<size_t>(quantile * static_cast<double>(samples.size() - 1));
  std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(index),
                   samples.end());
  return absl::ToDoubleMilliseconds(samples[index]);
}

}  // namespace usersync::tests
