#include "common/options.h"

#include <gmock/gmock.h>

#include <cstdlib>

namespace usersync {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Options : public ::testing::Test {
 protected:
  Options() {
    set_.Add("test-port", &port_, 1, 65535, "Where to listen.");
    set_.Add("test-wait", &wait_, "How long to wait.");
    set_.Add("test-loud", &loud_, "Whether to say more.");
    set_.Add("test-color", &color_, {"red", "blue"}, "How to look.");
    set_.AddSecret("test-password", &password_, "What to say at the door.");
  }
  ~Options() override { unsetenv("USERSYNC_TEST_PORT"); }

  absl::StatusOr<std::vector<std::string>> Parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "program");
    return set_.Parse(static_cast<int>(arguments.size()), arguments.data(), &answer_);
  }

  OptionSet set_{"program", "usage"};
  int port_ = 80;
  absl::Duration wait_ = absl::Seconds(1);
  bool loud_ = false;
  std::string color_ = "red";
  std::string password_;
  std::string answer_;
};

TEST_F(Options, TakeTheFlagBeforeTheVariableBeforeTheDefault) {
  EXPECT_THAT(*Parse({"serve"}), ElementsAre("serve"));
  EXPECT_EQ(port_, 80);
  setenv("USERSYNC_TEST_PORT", "81", 1);
  ASSERT_TRUE(Parse({}).ok());
  EXPECT_EQ(port_, 81);
  EXPECT_THAT(*Parse({"a", "--test-port=82", "--test-loud", "--test-wait", "5ms", "b"}),
              ElementsAre("a", "b"));
  EXPECT_EQ(port_, 82);
  EXPECT_TRUE(loud_);
  EXPECT_EQ(wait_, absl::Milliseconds(5));
}

TEST_F(Options, NameTheFlagOrTheVariableAndTheRule) {
  EXPECT_THAT(Parse({"--test-port=x"}).status().message(),
              HasSubstr("--test-port must be a number from 1 to 65535"));
  EXPECT_THAT(Parse({"--test-color=green"}).status().message(),
              HasSubstr("--test-color must be one of red, blue, not \"green\""));
  EXPECT_THAT(Parse({"--unknown"}).status().message(), HasSubstr("--unknown"));
  EXPECT_THAT(Parse({"--test-password=x"}).status().message(), HasSubstr("no option"));
  EXPECT_THAT(Parse({"--test-wait"}).status().message(), HasSubstr("needs a value"));
  setenv("USERSYNC_TEST_PORT", "0", 1);
  EXPECT_THAT(Parse({}).status().message(), HasSubstr("USERSYNC_TEST_PORT must be"));
}

TEST_F(Options, HaveALineEachInTheHelp) {
  ASSERT_TRUE(Parse({"--help"}).ok());
  EXPECT_THAT(answer_, HasSubstr("--test-port  USERSYNC_TEST_PORT\n      Where to listen. [80]"));
  EXPECT_THAT(answer_, HasSubstr("USERSYNC_TEST_PASSWORD"));
  ASSERT_TRUE(Parse({"--version"}).ok());
  EXPECT_THAT(answer_, HasSubstr("program 0."));
}

}  // namespace
}  // namespace usersync
