// Looks for a text in everything that a line keeps or tells: whether a person can still be found.
#pragma once

#include <string>
#include <vector>

#include "tests/harness/line.h"

namespace usersync::tests {

// Where the text stands: tables, streams, feeds of all `stores` (from the oldest change, with the
// users before), logs and other files beside the database's own. Empty if nowhere.
std::vector<std::string> TracesOf(const std::string& text, Line& line, int stores);

// Of those only the tables and the streams.
std::vector<std::string> TracesInTables(const std::string& text, Line& line);
std::vector<std::string> TracesInStreams(const std::string& text, Line& line);

}  // namespace usersync::tests
