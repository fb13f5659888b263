// nats-server dies (-9) under load and comes back. It loses what it had not stored, and no more:
// whoever has no receipt asks again.
#include <gtest/gtest.h>

#include "tests/traffic/crowd.h"

namespace usersync::tests {
namespace {

constexpr int kRounds = 6;

TEST(NatsDies, AgainAndAgainUnderLoadAndNothingAnsweredIsLost) {
  Line line;
  line.Start();
  Crowd crowd(line);
  crowd.AddAuthor({.actor = "alice", .seed = 1});
  crowd.AddAuthor({.actor = "bob", .seed = 2});
  PlainAuthor& plain = crowd.AddPlainAuthor();
  for (int round = 0; round < kRounds; ++round) {
    crowd.AwaitAnswers(100);
    plain.PublishEdits(200, 3, "plain");
    line.nats().Kill9();
    line.nats().Start();
    plain.PublishEdits(200, 3, "plain");
  }
  crowd.AwaitAnswers(100);
  crowd.ExpectPromisesKept();
}

}  // namespace
}  // namespace usersync::tests
