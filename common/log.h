// Sets up the log: one line an event on stderr, time in UTC. Log with spdlog::info and its
// kin. Never log a document, an e-mail address, a reason or a token.
#pragma once

#include <spdlog/spdlog.h>

#include <string>

namespace usersync {

// `level` is one of trace, debug, info, warning, error, off.
void InitLog(const std::string& program, const std::string& level);

}  // namespace usersync
