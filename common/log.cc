#include "common/log.h"

#include <spdlog/sinks/stdout_sinks.h>

namespace usersync {

void InitLog(const std::string& program, const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt(program));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %n: %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
}

}  // namespace usersync
