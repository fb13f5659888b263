// Sets up the log: one line an event on stderr, time in UTC. Log with spdlog::info and its
// kin. Never log a document, an e-mail address, a reason or a token.
#pragma once

#include <spdlog/spdlog.h>

#include <string>
#include <vector>

namespace usersync {

// What InitLog takes as a level.
inline const std::vector<std::string> kLogLevels = {"trace",   "debug", "info",
                                                    "warning", "error", "off"};

// `level` is one of kLogLevels.
void InitLog(const std::string& program, const std::string& level);

}  // namespace usersync
