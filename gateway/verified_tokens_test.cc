#include "gateway/verified_tokens.h"

#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

TEST(VerifiedTokens, KnowATokenWithItsKeyAlone) {
  VerifiedTokens tokens;
  EXPECT_FALSE(tokens.Has(VerifiedTokens::Digest("token", "key")));
  tokens.Add(VerifiedTokens::Digest("token", "key"));
  EXPECT_TRUE(tokens.Has(VerifiedTokens::Digest("token", "key")));
  EXPECT_FALSE(tokens.Has(VerifiedTokens::Digest("token", "other")));
  EXPECT_FALSE(tokens.Has(VerifiedTokens::Digest("tokenk", "ey")));
}

TEST(VerifiedTokens, AreNeverMoreThanTheyMayBe) {
  VerifiedTokens tokens(2);
  tokens.Add("a");
  tokens.Add("b");
  EXPECT_TRUE(tokens.Has("a"));
  tokens.Add("c");
  EXPECT_FALSE(tokens.Has("a"));
  EXPECT_TRUE(tokens.Has("c"));
}

}  // namespace
}  // namespace usersync::gateway
