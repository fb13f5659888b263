#include "gateway/open_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>

#include <set>

#include "absl/strings/ascii.h"
#include "gateway/rest_route.h"

namespace usersync::gateway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class OpenApiTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_FALSE(document_.Parse(OpenApi().c_str()).HasParseError()); }

  // The references in a part of the document.
  void Collect(const rapidjson::Value& value, std::set<std::string>* references) {
    if (value.IsArray()) {
      for (const auto& element : value.GetArray()) Collect(element, references);
    } else if (value.IsObject()) {
      for (const auto& member : value.GetObject()) {
        if (member.name == "$ref") references->insert(member.value.GetString());
        Collect(member.value, references);
      }
    }
  }

  const rapidjson::Value& Operation(const RestRoute& route) {
    const auto& verbs = document_["paths"][route.PublicPath().c_str()];
    return verbs[absl::AsciiStrToLower(route.verb).c_str()];
  }

  std::vector<std::string> ParametersOf(const RestRoute& route) {
    std::vector<std::string> names;
    for (const auto& parameter : Operation(route)["parameters"].GetArray()) {
      names.push_back(std::string(parameter["in"].GetString()) + " " +
                      parameter["name"].GetString());
    }
    return names;
  }

  rapidjson::Document document_;
};

TEST_F(OpenApiTest, NamesEveryRouteAndNoOther) {
  size_t count = 0;
  for (const auto& path : document_["paths"].GetObject()) count += path.value.MemberCount();
  EXPECT_EQ(count, RestRoutes().size());
  for (const RestRoute& route : RestRoutes()) {
    EXPECT_EQ(Operation(route)["operationId"].GetString(), route.method->name());
    const bool has_body = route.verb == std::string("POST") || route.verb == std::string("PATCH");
    EXPECT_EQ(Operation(route).HasMember("requestBody"), has_body) << route.path;
  }
}

TEST_F(OpenApiTest, SaysWhoseBodyMayBeLeftOut) {
  for (const RestRoute& route : RestRoutes()) {
    if (!Operation(route).HasMember("requestBody")) continue;
    const auto& body = Operation(route)["requestBody"];
    const std::string schema = body["content"]["application/json"]["schema"]["$ref"].GetString();
    EXPECT_EQ(body["required"].GetBool(), !route.body.empty()) << route.path;
    EXPECT_EQ(schema,
              "#/components/schemas/" +
                  (route.body.empty() ? route.method->input_type()->full_name() : "users.v1.User"));
  }
}

TEST_F(OpenApiTest, RefersOnlyToWhatIsThere) {
  std::set<std::string> references;
  Collect(document_, &references);
  EXPECT_THAT(references, Contains("#/components/schemas/users.v1.User"));
  EXPECT_THAT(references, Contains("#/components/schemas/users.v1.HopTimes"));
  for (const std::string& reference : references) {
    EXPECT_NE(rapidjson::Pointer(reference.c_str()).Get(document_), nullptr) << reference;
  }
}

TEST_F(OpenApiTest, NamesEveryParameterOnce) {
  for (const RestRoute& route : RestRoutes()) {
    const auto names = ParametersOf(route);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
    if (route.method->name() == "UpdateUser") {
      EXPECT_THAT(names, ElementsAre("path id", "query updateMask", "query expectedVersion",
                                     "query mutationId", "query reason"));
    }
    if (route.method->name() == "Watch") {
      EXPECT_THAT(names, Contains("query filter.userIds"));
      EXPECT_THAT(names, Not(Contains("query filter")));
      EXPECT_THAT(names, Contains("header Last-Event-ID"));
    }
  }
}

TEST_F(OpenApiTest, GivesTypesAsProtobufsJsonHasThem) {
  const auto& user = document_["components"]["schemas"]["users.v1.User"]["properties"];
  EXPECT_STREQ(user["sequence"]["type"].GetString(), "string");
  EXPECT_STREQ(user["version"]["type"].GetString(), "integer");
  EXPECT_STREQ(user["createTime"]["format"].GetString(), "date-time");
  EXPECT_STREQ(user["deleted"]["type"].GetString(), "boolean");
  const auto& version = document_["components"]["schemas"]["users.v1.Version"]["properties"];
  EXPECT_STREQ(version["changedFields"]["items"]["type"].GetString(), "string");
  EXPECT_STREQ(version["action"]["enum"][1].GetString(), "ACTION_CREATE");
}

}  // namespace
}  // namespace usersync::gateway
