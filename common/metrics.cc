#include "common/metrics.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace usersync {
namespace {

std::string StopwatchSamples(const std::string& name, const Stopwatch& stopwatch) {
  const std::vector<uint64_t> counts = stopwatch.Cumulative();
  std::string text;
  for (size_t i = 0; i < Stopwatch::Edges().size(); ++i) {
    absl::StrAppend(&text, name, "_bucket{le=\"", Stopwatch::Edges()[i], "\"} ", counts[i], "\n");
  }
  absl::StrAppend(&text, name, "_bucket{le=\"+Inf\"} ", counts.back(), "\n");
  absl::StrAppend(&text, name, "_sum ", stopwatch.total_seconds(), "\n");
  absl::StrAppend(&text, name, "_count ", counts.back(), "\n");
  return text;
}

}  // namespace

const std::vector<double>& Stopwatch::Edges() {
  static const auto& edges = *new std::vector<double>{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return edges;
}

void Stopwatch::Add(absl::Duration time) {
  const auto& edges = Edges();
  const size_t bucket =
      std::lower_bound(edges.begin(), edges.end(), absl::ToDoubleSeconds(time)) - edges.begin();
  MutexLock lock(mutex_);
  ++counts_[bucket];
  total_ += time;
}

std::vector<uint64_t> Stopwatch::Cumulative() const {
  MutexLock lock(mutex_);
  std::vector<uint64_t> counts = counts_;
  for (size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
  return counts;
}

double Stopwatch::total_seconds() const {
  MutexLock lock(mutex_);
  return absl::ToDoubleSeconds(total_);
}

void Metrics::Add(std::string name, std::string help, const Counter& counter) {
  families_.push_back({std::move(name), std::move(help), "counter", [&](const std::string& own) {
                         return absl::StrCat(own, " ", counter.value(), "\n");
                       }});
}

void Metrics::Add(std::string name, std::string help, const Stopwatch& stopwatch) {
  families_.push_back({std::move(name), std::move(help), "histogram",
                       [&](const std::string& own) { return StopwatchSamples(own, stopwatch); }});
}

void Metrics::AddGauge(std::string name, std::string help, std::function<double()> read) {
  families_.push_back(
      {std::move(name), std::move(help), "gauge", [read = std::move(read)](const std::string& own) {
         return absl::StrCat(own, " ", read(), "\n");
       }});
}

std::string Metrics::Text() const {
  std::string text;
  for (const Family& family : families_) {
    absl::StrAppend(&text, "# HELP ", family.name, " ", family.help, "\n");
    absl::StrAppend(&text, "# TYPE ", family.name, " ", family.type, "\n");
    absl::StrAppend(&text, family.samples(family.name));
  }
  return text;
}

}  // namespace usersync
