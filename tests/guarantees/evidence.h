// What clients saw, beside what the store has: all that the checkers judge.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/guarantees/history.h"

namespace usersync::tests {

// A mutation that a client asked for, perhaps several times, and every receipt that it got.
struct Asked {
  std::string actor;
  std::string mutation_id;
  nlohmann::json document;
  // Absent: no belief. Null: believed to be an insert.
  std::optional<nlohmann::json> assumed;
  bool overwrite = false;
  std::vector<nlohmann::json> receipts;
};

// A change as somebody was told it: by USERS_BROADCAST or by Watch.
struct Told {
  int64_t seq = 0;
  std::string epoch;
  std::string checkpoint;
  int version = 0;
  std::string action;
  std::string actor;
  std::string mutation_id;
  nlohmann::json document;
};

// The document of every user that a browser holds, by id; deleted ones too.
using BrowserState = std::map<std::string, nlohmann::json>;

struct Evidence {
  History history;
  std::vector<Asked> asked;
  // The plain documents of each author, in the order published.
  std::map<std::string, std::vector<nlohmann::json>> plain;
  // USERS_BROADCAST from its first message to its last.
  std::vector<Told> broadcasts;
  // What each watcher received, over all its streams.
  std::vector<std::vector<Told>> watches;
  std::vector<BrowserState> browsers;
};

}  // namespace usersync::tests
