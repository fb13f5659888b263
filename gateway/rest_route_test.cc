#include "gateway/rest_route.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace usersync::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::string MethodOf(const std::string& verb, const std::string& path) {
  const RestLookup lookup = FindRestRoute(verb, path);
  return lookup.match ? lookup.match->route->MethodPath() : "";
}

TEST(RestRoutes, NameMethodsAndFieldsThatExist) {
  for (const RestRoute& route : RestRoutes()) {
    ASSERT_NE(route.method, nullptr) << route.path;
    const auto& request = *route.method->input_type();
    if (!route.body.empty()) {
      EXPECT_NE(request.FindFieldByName(route.body), nullptr) << route.path;
    }
    for (const PathVariable& variable : VariablesOf(route)) {
      const std::string first = variable.field.substr(0, variable.field.find('.'));
      EXPECT_NE(request.FindFieldByName(first), nullptr) << variable.field;
    }
  }
}

TEST(RestRoutes, AreFoundByVerbAndPath) {
  EXPECT_EQ(MethodOf("GET", "/api/users"), "/users.v1.UserService/ListUsers");
  EXPECT_EQ(MethodOf("POST", "/api/users"), "/users.v1.UserService/CreateUser");
  EXPECT_EQ(MethodOf("GET", "/api/users/a"), "/users.v1.UserService/GetUser");
  EXPECT_EQ(MethodOf("PATCH", "/api/users/a"), "/users.v1.UserService/UpdateUser");
  EXPECT_EQ(MethodOf("DELETE", "/api/users/a"), "/users.v1.UserService/DeleteUser");
  EXPECT_EQ(MethodOf("POST", "/api/users/a:undelete"), "/users.v1.UserService/UndeleteUser");
  EXPECT_EQ(MethodOf("POST", "/api/users/a:restore"), "/users.v1.UserService/RestoreUser");
  EXPECT_EQ(MethodOf("GET", "/api/users/a/versions"), "/users.v1.HistoryService/ListVersions");
  EXPECT_EQ(MethodOf("GET", "/api/users/a/versions/2"), "/users.v1.HistoryService/GetVersion");
  EXPECT_EQ(MethodOf("GET", "/api/users/a/versions:diff"), "/users.v1.HistoryService/DiffVersions");
  EXPECT_EQ(MethodOf("GET", "/api/changes"), "/users.v1.ChangeFeedService/Watch");
  EXPECT_EQ(MethodOf("HEAD", "/api/users/a"), "/users.v1.UserService/GetUser");
}

TEST(RestRoutes, TakeFieldsOutOfThePath) {
  EXPECT_THAT(FindRestRoute("GET", "/api/users/a%2Db/versions/12").match->fields,
              ElementsAre(Pair("user_id", "a-b"), Pair("version", "12")));
  EXPECT_THAT(FindRestRoute("PATCH", "/api/users/a").match->fields,
              ElementsAre(Pair("user.id", "a")));
  EXPECT_THAT(FindRestRoute("POST", "/api/users/a:restore").match->fields,
              ElementsAre(Pair("user_id", "a")));
}

TEST(RestRoutes, SayWhichVerbsAPathKnows) {
  EXPECT_THAT(FindRestRoute("PUT", "/api/users").verbs, ElementsAre("GET", "HEAD", "POST"));
  EXPECT_THAT(FindRestRoute("POST", "/api/users/a").verbs,
              ElementsAre("GET", "HEAD", "PATCH", "DELETE"));
  EXPECT_THAT(FindRestRoute("GET", "/api/users/a:undelete").verbs, ElementsAre("POST"));
  EXPECT_FALSE(FindRestRoute("get", "/api/users").match);
}

TEST(RestRoutes, AreNothingElse) {
  for (const char* path : {"/api", "/api/", "/api/users/", "/api/users//versions", "/api/users/a/",
                           "/api/users/:undelete", "/api/users/a:b", "/api/users/a:b:undelete",
                           "/api/users/a%zz", "/api/users/a%", "/api/users/%ff", "/api/Users",
                           "/api/users/a/versions/", "/api/users/a/versions:x"}) {
    EXPECT_THAT(FindRestRoute("GET", path).verbs, IsEmpty()) << path;
  }
}

}  // namespace
}  // namespace usersync::gateway
