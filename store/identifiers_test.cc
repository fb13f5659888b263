#include "store/identifiers.h"

#include <gtest/gtest.h>

#include <string>

namespace usersync::store {
namespace {

TEST(Identifiers, AreWordsOfALimitedLength) {
  EXPECT_TRUE(IsUserId("0b8f2a52-6a2b-4a35-9c1f-8d7f1f5f9f10"));
  EXPECT_TRUE(IsUserId("A_z-9"));
  EXPECT_TRUE(IsUserId(std::string(128, 'a')));
  EXPECT_FALSE(IsUserId(std::string(129, 'a')));
  EXPECT_TRUE(IsActor(std::string(64, 'a')));
  EXPECT_FALSE(IsActor(std::string(65, 'a')));
  for (const char* text : {"", "a.b", "a b", "a/b", "a*", ">", "ä", "a\n"}) {
    EXPECT_FALSE(IsUserId(text)) << text;
    EXPECT_FALSE(IsActor(text)) << text;
  }
  EXPECT_FALSE(IsUserId(absl::string_view("a\0b", 3)));
}

TEST(Identifiers, OfMutationsAreChosenFromFewCharacters) {
  EXPECT_TRUE(IsClientMutationId("aZ09._~-"));
  EXPECT_TRUE(IsClientMutationId(std::string(128, 'm')));
  EXPECT_FALSE(IsClientMutationId(std::string(129, 'm')));
  for (const char* id : {"", "a:b", "a/b", "a b", "ä"}) EXPECT_FALSE(IsClientMutationId(id)) << id;
}

TEST(Identifiers, OfMutationsAreDerivedFromAPlaceInAStream) {
  EXPECT_TRUE(IsDerivedMutationId("USERS_UPDATE:12:1704067200000000001"));
  EXPECT_TRUE(IsDerivedMutationId("USERS_UPDATE:12:1704067200000000001/0"));
  EXPECT_TRUE(IsDerivedMutationId("USERS_UPDATE:12:1704067200000000001/999"));
  for (const char* id : {"", ":1:2", "S:1", "S:1:", "S::2", "S:1:2/", "S:1:2/x", "S:1:2/3/4",
                         "S:1:2:3", "S:1:2 ", "a.b:1:2", "S:-1:2", "m-1"}) {
    EXPECT_FALSE(IsDerivedMutationId(id)) << id;
  }
  EXPECT_FALSE(IsDerivedMutationId(std::string(125, 'S') + ":1:2"));
}

}  // namespace
}  // namespace usersync::store
