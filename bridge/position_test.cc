#include "bridge/position.h"

#include <gtest/gtest.h>

namespace usersync::bridge {
namespace {

TEST(Position, KeepsNanoseconds) {
  const Position position = MakePosition(5, 1700000000123456789);
  EXPECT_EQ(NanosOf(position), 1700000000123456789);
  EXPECT_EQ(position.time().nanos(), 123456789);
  EXPECT_TRUE(SamePosition(position, MakePosition(5, 1700000000123456789)));
  EXPECT_FALSE(SamePosition(position, MakePosition(5, 1700000000123456788)));
  EXPECT_FALSE(SamePosition(position, MakePosition(6, 1700000000123456789)));
}

TEST(Position, IsLaterByTimeBeforeSequence) {
  EXPECT_TRUE(IsLater(MakePosition(1, 20), MakePosition(9, 10)));
  EXPECT_TRUE(IsLater(MakePosition(2, 10), MakePosition(1, 10)));
  EXPECT_FALSE(IsLater(MakePosition(1, 10), MakePosition(1, 10)));
  EXPECT_TRUE(IsLater(MakePosition(1, 10), Position()));
}

}  // namespace
}  // namespace usersync::bridge
