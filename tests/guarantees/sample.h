// A small flawless evidence, for tests that cheat on it: alice makes two users, bob changes one,
// alice's merge of the same user follows, and a delete.
#pragma once

#include "tests/guarantees/evidence.h"

namespace usersync::tests {

Evidence Sample();

// Makes the hashes of a version right again after it was altered.
void Seal(VersionRow& row, const std::string& doc_id);

}  // namespace usersync::tests
