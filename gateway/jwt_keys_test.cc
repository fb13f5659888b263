#include "gateway/jwt_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/testing/temp_file.h"
#include "gateway/testing/token_maker.h"

namespace usersync::gateway {
namespace {

std::string Jwks(const std::string& id) {
  return absl::StrCat(R"({"keys":[)", TokenMaker::EcJwk(id), "]}");
}

TEST(JwtKeys, AreReadAgainWhenTheFileChanges) {
  TempFile file(Jwks("one"));
  const auto keys = JwtKeys::Load(file.path(), ParseJwks);
  ASSERT_TRUE(keys.ok()) << keys.status();
  EXPECT_TRUE((*keys)->Find("one"));
  file.Write(Jwks("two"));
  EXPECT_TRUE((*keys)->Find("two"));
  EXPECT_FALSE((*keys)->Find("one"));
}

TEST(JwtKeys, StayWhileTheFileIsWrongOrGone) {
  TempFile file(Jwks("one"));
  const auto keys = JwtKeys::Load(file.path(), ParseJwks);
  ASSERT_TRUE(keys.ok()) << keys.status();
  file.Write(R"({"keys":[)");
  EXPECT_TRUE((*keys)->Find("one"));
  file.Remove();
  EXPECT_TRUE((*keys)->Find("one"));
  file.Write(Jwks("two"));
  EXPECT_FALSE((*keys)->Find("one"));
}

TEST(JwtKeys, MustBeGoodAtTheStart) {
  const TempFile file("{}");
  const auto status = JwtKeys::Load(file.path(), ParseJwks).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), testing::StartsWith(file.path()));
  EXPECT_FALSE(JwtKeys::Load("/nowhere/at/all", ParseJwks).ok());
}

}  // namespace
}  // namespace usersync::gateway
