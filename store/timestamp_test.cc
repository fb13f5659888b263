#include "store/timestamp.h"

#include <gtest/gtest.h>

#include <string>

namespace usersync::store {
namespace {

TEST(Timestamp, IsARealMomentInUtc) {
  for (const char* text :
       {"2024-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
        "2024-02-29T12:00:00.1Z", "2000-02-29T00:00:00.000Z", "2024-04-30T00:00:00Z"}) {
    EXPECT_TRUE(IsTimestamp(text)) << text;
  }
}

TEST(Timestamp, IsNothingElse) {
  for (const char* text : {"",
                           "Z",
                           "2024-01-01",
                           "2024-01-01T00:00:00",
                           "2024-01-01T00:00:00z",
                           "2024-01-01t00:00:00Z",
                           "2024-01-01 00:00:00Z",
                           "2024-01-01T00:00:00+00:00",
                           "2024-01-01T00:00:00.Z",
                           "2024-01-01T00:00:00.1234567Z",
                           "2024-01-01T00:00:00,1Z",
                           "2024-01-01T00:00:00.1 Z",
                           "0000-01-01T00:00:00Z",
                           "10000-01-01T00:00:00Z",
                           "2024-00-01T00:00:00Z",
                           "2024-13-01T00:00:00Z",
                           "2024-01-00T00:00:00Z",
                           "2024-01-32T00:00:00Z",
                           "2024-04-31T00:00:00Z",
                           "2023-02-29T00:00:00Z",
                           "1900-02-29T00:00:00Z",
                           "2024-01-01T24:00:00Z",
                           "2024-01-01T00:60:00Z",
                           "2024-06-30T23:59:60Z",
                           "-024-01-01T00:00:00Z",
                           "2024-1-01T00:00:000Z",
                           "2024-01-01T00:00:0 Z",
                           "2024-01-01T00:00:00ZZ"}) {
    EXPECT_FALSE(IsTimestamp(text)) << text;
  }
  EXPECT_FALSE(IsTimestamp(std::string("2024-01-01T00:00:00Z\0", 21)));
}

TEST(Timestamp, IsComparedAsAMomentHoweverItIsWritten) {
  EXPECT_TRUE(IsLater("2024-01-01T00:00:01Z", "2024-01-01T00:00:00.999999Z"));
  EXPECT_TRUE(IsLater("2024-01-01T00:00:00.5Z", "2024-01-01T00:00:00.25Z"));
  EXPECT_TRUE(IsLater("2024-01-01T00:00:00.000001Z", "2024-01-01T00:00:00Z"));
  EXPECT_TRUE(IsLater("2024-01-01T00:00:00.105Z", "2024-01-01T00:00:00.10Z"));
  EXPECT_FALSE(IsLater("2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00Z"));
  EXPECT_FALSE(IsLater("2024-01-01T00:00:00Z", "2024-01-01T00:00:00.0Z"));
  EXPECT_FALSE(IsLater("2024-01-01T00:00:00.50Z", "2024-01-01T00:00:00.5Z"));
  EXPECT_FALSE(IsLater("2023-12-31T23:59:59.9Z", "2024-01-01T00:00:00Z"));
}

}  // namespace
}  // namespace usersync::store
