#include "bridge/stream_keeper.h"

#include <string>

#include "absl/time/clock.h"
#include "bridge/streams.h"
#include "common/log.h"

namespace usersync::bridge {
namespace {

// How long a stream must be missing, and for how long that is remembered.
constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr absl::Duration kMemory = absl::Seconds(5);

}  // namespace

void StreamKeeper::Note(const absl::Status& status) {
  if (!absl::IsNotFound(status)) return;
  const absl::Time now = absl::Now();
  MutexLock lock(mutex_);
  if (now - last_missed_ > kMemory) first_missed_ = now;
  last_missed_ = now;
  if (now - first_missed_ < kPatience) return;
  last_missed_ = absl::InfinitePast();
  const auto made = SetUpStreams(nats_, [](const std::string& line) { spdlog::warn("{}", line); });
  if (!made.ok()) spdlog::warn("cannot make the streams: {}", std::string(made.message()));
}

}  // namespace usersync::bridge
