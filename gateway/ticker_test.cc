#include "gateway/ticker.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace usersync::gateway {
namespace {

// Wants to hear so many ticks.
class Counter final : public Ticker::Listener {
 public:
  explicit Counter(int most) : most_(most) {}
  bool OnTick(absl::Time) override { return ++ticks < most_; }

  int ticks = 0;

 private:
  const int most_;
};

TEST(Ticker, TellsThoseWhoLiveForAsLongAsTheyWantAndThenRests) {
  boost::asio::io_context context;
  auto& ticker = Ticker::Of(context.get_executor());
  EXPECT_EQ(&Ticker::Of(context.get_executor()), &ticker);
  const auto twice = std::make_shared<Counter>(2);
  const auto once = std::make_shared<Counter>(1);
  auto gone = std::make_shared<Counter>(1000);
  for (const auto& counter : {twice, once, gone}) ticker.Add(counter);
  gone.reset();
  // Returns when nothing is waited for any more.
  context.run();
  EXPECT_EQ(twice->ticks, 2);
  EXPECT_EQ(once->ticks, 1);
}

TEST(Ticker, BeginsAgainAfterARest) {
  boost::asio::io_context context;
  auto& ticker = Ticker::Of(context.get_executor());
  for (int round = 0; round < 2; ++round) {
    const auto counter = std::make_shared<Counter>(1);
    ticker.Add(counter);
    context.restart();
    context.run();
    EXPECT_EQ(counter->ticks, 1);
  }
}

}  // namespace
}  // namespace usersync::gateway
