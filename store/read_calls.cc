#include "store/read_calls.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace usersync::store {
namespace {

// How long a read waits for a session, whatever the caller's patience.
constexpr absl::Duration kMostPatience = absl::Seconds(30);

}  // namespace

absl::StatusOr<Caller> ReadCalls::ReaderOf(const grpc::CallbackServerContext& context) const {
  return Admit(identity_, context, Operation::kRead);
}

absl::Time ReadCalls::DeadlineOf(const grpc::CallbackServerContext& context) {
  return std::min(absl::FromChrono(context.deadline()), absl::Now() + kMostPatience);
}

}  // namespace usersync::store
