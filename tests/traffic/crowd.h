// Everybody who uses a line during a test, and the judgement at its end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/harness/line.h"
#include "tests/traffic/author.h"
#include "tests/traffic/browser.h"
#include "tests/traffic/plain_author.h"
#include "tests/traffic/pusher.h"
#include "tests/traffic/watcher.h"

namespace usersync::tests {

class Crowd {
 public:
  // The line must be running. It is watched by a watcher and a browser from now on.
  explicit Crowd(Line& line);

  Author& AddAuthor(const Author::Options& options);
  PlainAuthor& AddPlainAuthor(const std::string& actor = "");
  // `stores` as for a watcher.
  Pusher& AddPusher(const Pusher::Options& options, const std::vector<int>& stores);

  // `stores`: the indexes of those that it may go to, in turn.
  Watcher& AddWatcher(const std::vector<int>& stores = {0});
  Browser& AddBrowser(const std::string& actor = "");

  // How many mutations of all authors have their receipt.
  int answered() const;

  // Waits until so many more have it. Fails the test if they do not come.
  void AwaitAnswers(int more);

  // Lets the authors finish and everything come to rest. Fails the test if it does not.
  void Settle();

  // Settles, then fails the test with every flaw that a checker finds.
  void ExpectPromisesKept();

  // What everybody saw, beside what the store has.
  Evidence Gather();

 private:
  std::vector<StoreStub> Stubs(const std::string& service, const std::string& actor,
                               const std::vector<int>& stores) const;

  Line& line_;
  std::vector<std::unique_ptr<Author>> authors_;
  std::vector<std::unique_ptr<Pusher>> pushers_;
  std::vector<std::unique_ptr<PlainAuthor>> plain_authors_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  std::vector<std::unique_ptr<Browser>> browsers_;
};

// All of USERS_BROADCAST as it was told.
std::vector<Told> ReadBroadcasts(Line& line);

}  // namespace usersync::tests
