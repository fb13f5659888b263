#include "store/caretaker.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/log.h"

namespace usersync::store {
namespace {

// How many rows of each table one statement removes, so that none takes long.
constexpr int kRowsAtOnce = 5000;

}  // namespace

Caretaker::Caretaker(Options options, const ChangeFeed& feed, SessionPool& pool,
                     ErasureKeeper& erasures, std::function<void(bool serving)> set_serving)
    : options_(options),
      feed_(feed),
      pool_(pool),
      erasures_(erasures),
      set_serving_(std::move(set_serving)),
      thread_([this] { Run(); }) {}

Caretaker::~Caretaker() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

void Caretaker::Run() {
  // At once: a store that never runs for long expires answers too.
  absl::Time next_expiry = absl::InfinitePast();
  while (true) {
    set_serving_(feed_.healthy());
    KeepErasures();
    if (absl::Now() >= next_expiry) {
      ExpireAnswers();
      next_expiry = absl::Now() + options_.expiry;
    }
    const absl::Time next_check = absl::Now() + options_.health_check;
    MutexLock lock(mutex_);
    while (!stopping_ && absl::Now() < next_check) changed_.WaitUntil(mutex_, next_check);
    if (stopping_) return;
  }
}

void Caretaker::KeepErasures() {
  const absl::Status status = erasures_.Keep();
  if (!status.ok()) spdlog::warn("the erasures were not kept: {}", std::string(status.message()));
}

void Caretaker::ExpireAnswers() {
  int64_t total = 0;
  for (int64_t gone = 1; gone > 0; total += gone) {
    const auto rows = pool_.Run(absl::Now() + absl::Seconds(10), [](Session& session) {
      return session.ExecParams("SELECT expire_answers($1)", kRowsAtOnce);
    });
    if (!rows.ok()) {
      spdlog::warn("old answers were not removed: {}", std::string(rows.status().message()));
      return;
    }
    gone = rows->front()[0].as<int64_t>();
  }
  if (total > 0) spdlog::info("removed {} answers older than 30 days", total);
}

}  // namespace usersync::store
