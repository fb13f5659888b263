#include "store/archive_line.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace usersync::store {
namespace {

// Somebody typed what looks like the rest of a line.
constexpr char kBody[] =
    R"({"document":{"id":"u-1","status":",\"body\":null,\"entry\":{"},"reason":"\",\"user\":\"u-9"})";

std::string Line(const std::string& body, const std::string& salt, const std::string& action) {
  return absl::StrCat(R"({"actor":"ann","actor_salt":"00","body":)", body, R"(,"body_salt":)", salt,
                      R"(,"entry":{"action":")", action,
                      R"(","seq":"1"},"hash":"11","user":"u-1"})");
}

TEST(ArchiveLine, LosesWhatWasTypedAndNothingElse) {
  const std::string line = Line(kBody, "\"22\"", "update");
  EXPECT_TRUE(HasErasableBody(line));
  EXPECT_EQ(WithoutBody(line), Line("null", "null", "update"));
  EXPECT_EQ(UserOfLine(line), "u-1");
}

TEST(ArchiveLine, IsLeftAloneOnceErased) {
  EXPECT_FALSE(HasErasableBody(Line("null", "null", "update")));
  EXPECT_FALSE(HasErasableBody(Line(kBody, "\"22\"", "erase")));
}

TEST(ArchiveLine, IsNoOtherLine) {
  EXPECT_EQ(UserOfLine(""), "");
  EXPECT_EQ(UserOfLine(R"({"hash":"11","user":"u-1)"), "");
  EXPECT_FALSE(HasErasableBody("{}"));
}

}  // namespace
}  // namespace usersync::store
