#include "bridge/position.h"

#include <utility>

namespace usersync::bridge {
namespace {

constexpr int64_t kNanosPerSecond = 1000000000;

std::pair<int64_t, uint64_t> KeyOf(const Position& position) {
  return {NanosOf(position), position.sequence()};
}

}  // namespace

int64_t NanosOf(const Position& position) {
  return position.time().seconds() * kNanosPerSecond + position.time().nanos();
}

Position MakePosition(uint64_t sequence, int64_t time_ns) {
  Position position;
  position.set_sequence(sequence);
  position.mutable_time()->set_seconds(time_ns / kNanosPerSecond);
  position.mutable_time()->set_nanos(static_cast<int>(time_ns % kNanosPerSecond));
  return position;
}

bool SamePosition(const Position& a, const Position& b) { return KeyOf(a) == KeyOf(b); }

bool IsLater(const Position& a, const Position& b) { return KeyOf(a) > KeyOf(b); }

}  // namespace usersync::bridge
