#include "store/page_token.h"

#include <gtest/gtest.h>

#include "common/status.h"

namespace usersync::store {
namespace {

TEST(PageToken, GivesBackItsPlace) {
  for (const char* place : {"", "u-1", "7:u-1"}) {
    const auto decoded = DecodePageToken("v1", EncodePageToken("v1", place));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(*decoded, place);
  }
}

TEST(PageToken, OfAnotherKindIsMalformed) {
  const auto decoded = DecodePageToken("v1", EncodePageToken("u1", "u-1"));
  EXPECT_TRUE(absl::IsInvalidArgument(decoded.status()));
  EXPECT_EQ(ReasonOf(decoded.status()), "TOKEN_MALFORMED");
}

TEST(PageToken, WrittenInAnotherWayIsMalformed) {
  const std::string token = EncodePageToken("v1", "u-1");
  for (const std::string& other : {token + "=", token + " ", " " + token, token.substr(1),
                                   std::string("x"), std::string("!"), std::string()}) {
    EXPECT_FALSE(DecodePageToken("v1", other).ok()) << other;
  }
}

}  // namespace
}  // namespace usersync::store
