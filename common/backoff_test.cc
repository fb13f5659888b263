#include "common/backoff.h"

#include <gtest/gtest.h>

namespace usersync {
namespace {

TEST(Backoff, DoublesUpToItsBoundAndBeginsAgainAfterSuccess) {
  Backoff backoff({.first = absl::Seconds(1), .most = absl::Seconds(3)});
  for (const absl::Duration bound :
       {absl::Seconds(1), absl::Seconds(2), absl::Seconds(3), absl::Seconds(3)}) {
    const absl::Duration wait = backoff.Next();
    EXPECT_GE(wait, bound / 2);
    EXPECT_LE(wait, bound);
  }
  backoff.Reset();
  EXPECT_LE(backoff.Next(), absl::Seconds(1));
}

}  // namespace
}  // namespace usersync
