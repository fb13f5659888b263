#include "gateway/request_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

TEST(RequestId, IsTheClientsIfItIsOne) {
  EXPECT_EQ(RequestIdOf({{"x-request-id", "a.B_9~-"}}), "a.B_9~-");
}

TEST(RequestId, IsMadeIfThereIsNoneThatCouldBeLogged) {
  const std::string made = RequestIdOf({});
  EXPECT_THAT(made, testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_NE(RequestIdOf({}), made);
  for (const std::string& given :
       {std::string(), std::string("a b"), std::string("a\nb"), std::string(129, 'a')}) {
    EXPECT_NE(RequestIdOf({{"x-request-id", given}}), given);
  }
  EXPECT_THAT(RequestIdOf({{"x-request-id", "a"}, {"x-request-id", "b"}}), testing::SizeIs(32));
}

}  // namespace
}  // namespace usersync::gateway
