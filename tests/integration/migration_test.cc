// The schema: made once whoever asks, and checked before serving.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/harness/eventually.h"
#include "tests/harness/line.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

using testing::HasSubstr;

class Migration : public testing::Test {
 protected:
  Migration() { line_.postgres().Start(); }

  // What the store says when it refuses to serve.
  std::string RefusalToServe() {
    line_.store().Begin();
    EXPECT_TRUE(Eventually([&] { return !line_.store().IsRunning(); })) << "it serves";
    return TailOf(line_.preparation().LogPath("store-1"), 4096);
  }

  Line line_;
};

TEST_F(Migration, OfTwoAtOnceOneDoesItAndTheOtherFindsItDone) {
  const auto migrate = [this] { return Must(Store::Migrate(line_.preparation())); };
  auto first = std::async(std::launch::async, migrate);
  auto second = std::async(std::launch::async, migrate);
  const std::vector<std::string> said = {first.get(), second.get()};
  EXPECT_THAT(said, testing::UnorderedElementsAre(HasSubstr("applied 0001"), "nothing to do\n"));
  line_.store().Start();
}

TEST_F(Migration, StatusSaysWhatIsThere) {
  EXPECT_THAT(Must(Store::Migrate(line_.preparation(), "status")), HasSubstr("not applied"));
  line_.Migrate();
  EXPECT_THAT(Must(Store::Migrate(line_.preparation(), "status")),
              testing::Not(HasSubstr("not applied")));
}

TEST_F(Migration, ADatabaseThatWasNotMigratedIsNotServed) {
  EXPECT_THAT(RefusalToServe(), HasSubstr("run: usersync-store migrate up"));
}

TEST_F(Migration, ADatabaseThatIsNewerThanTheProgramIsLeftAlone) {
  line_.Migrate();
  Must(line_.owner()
           .Query("INSERT INTO migration (number, name) VALUES (9999, '9999_later')")
           .status());
  EXPECT_THAT(RefusalToServe(), HasSubstr("use a newer usersync-store"));
  const auto refused = Store::Migrate(line_.preparation());
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.status().ToString(), HasSubstr("use a newer usersync-store"));
}

}  // namespace
}  // namespace usersync::tests
