// The hashes of a version as audit.md says they are, made without a line of the store's code, so
// that an error there cannot hide here.
#pragma once

#include <string>

#include "tests/guarantees/history.h"

namespace usersync::tests {

// The body must not be erased. `doc_id` is the document's id, known even where the row's is erased.
std::string BodyHash(const VersionRow& row, const std::string& doc_id);

std::string ActorHash(const VersionRow& row);

// The leaf of the log: made of the other two hashes, so it can always be made.
std::string LeafHash(const VersionRow& row);

}  // namespace usersync::tests
