#include "bridge/mentions.h"

#include <gtest/gtest.h>

namespace usersync::bridge {
namespace {

const absl::flat_hash_set<std::string> kIds = {"u-1", "u-2"};

TEST(Mentions, FindsAnIdWhereverItStands) {
  EXPECT_TRUE(Mentions(R"({"id":"u-1","email":"a@x.org"})", kIds));
  EXPECT_TRUE(Mentions(R"([{"id":"u-3"},{"document":{"email":"x","id" : "u-2"}}])", kIds));
  EXPECT_TRUE(Mentions(R"({"status":"a \" b","id":"u-1"})", kIds));
  EXPECT_TRUE(Mentions(R"({"id":"u\u002d1"})", kIds));
  EXPECT_TRUE(Mentions(R"({"status":",{"id":"u-1")", kIds)) << "what is no JSON";
}

TEST(Mentions, FindsNobodyElse) {
  EXPECT_FALSE(Mentions("", kIds));
  EXPECT_FALSE(Mentions(R"({"id":"u-11","email":"u-1@x.org"})", kIds));
  EXPECT_FALSE(Mentions(R"({"id":"u-1)", kIds));
  EXPECT_FALSE(Mentions(R"({"id":"u\u00"})", kIds));
  EXPECT_FALSE(Mentions(R"({"id":"u-1"})", {}));
}

}  // namespace
}  // namespace usersync::bridge
