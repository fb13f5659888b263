// Decides what a careful author asks for next: one field of a user, in the light of what the
// author knows. Its choices follow a seed.
#pragma once

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "tests/guarantees/evidence.h"

namespace usersync::tests {

class Editor {
 public:
  struct Options {
    std::string actor;
    // How many users it edits: so many choose among the same addresses.
    int users = 8;
    unsigned seed = 1;
  };

  explicit Editor(const Options& options) : options_(options), random_(options.seed) {}

  // A new mutation of the user. `known` is its document, null if there is none.
  Asked Edit(const std::string& id, const nlohmann::json& known);

  // What the author knows of the user once it has this receipt.
  static nlohmann::json KnownAfter(const Asked& asked, const nlohmann::json& receipt);

 private:
  nlohmann::json Edited(nlohmann::json document);
  int Chance(int of) { return std::uniform_int_distribution<int>(0, of - 1)(random_); }

  const Options options_;
  std::mt19937 random_;
  int count_ = 0;
};

}  // namespace usersync::tests
