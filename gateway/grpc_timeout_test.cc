#include "gateway/grpc_timeout.h"

#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

TEST(GrpcTimeout, ReadsEveryUnit) {
  EXPECT_EQ(ParseGrpcTimeout("2H"), absl::Hours(2));
  EXPECT_EQ(ParseGrpcTimeout("3M"), absl::Minutes(3));
  EXPECT_EQ(ParseGrpcTimeout("4S"), absl::Seconds(4));
  EXPECT_EQ(ParseGrpcTimeout("1500m"), absl::Milliseconds(1500));
  EXPECT_EQ(ParseGrpcTimeout("7u"), absl::Microseconds(7));
  EXPECT_EQ(ParseGrpcTimeout("99999999n"), absl::Nanoseconds(99999999));
  EXPECT_EQ(ParseGrpcTimeout("0m"), absl::ZeroDuration());
}

TEST(GrpcTimeout, RefusesWhatIsMalformed) {
  // Old versions of grpc-web sent "Infinitym".
  for (const char* text :
       {"", "5", "m", "Infinitym", "-1S", "+1S", "1.5S", " 1S", "1s", "1 S", "123456789n"}) {
    EXPECT_EQ(ParseGrpcTimeout(text), std::nullopt) << text;
  }
}

TEST(GrpcTimeout, IsAskedForBeforeItsGranule) {
  EXPECT_EQ(OnTheWire(absl::Milliseconds(500)), absl::Milliseconds(500));
  EXPECT_EQ(OnTheWire(absl::Seconds(2)), absl::Milliseconds(1990));
  EXPECT_EQ(OnTheWire(absl::Seconds(20)), absl::Milliseconds(19900));
  EXPECT_EQ(OnTheWire(absl::Seconds(200)), absl::Seconds(199));
}

}  // namespace
}  // namespace usersync::gateway
