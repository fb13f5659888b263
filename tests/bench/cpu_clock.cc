#include "tests/bench/cpu_clock.h"

#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace usersync::tests {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Fields 14 to 17 of /proc/<pid>/stat: utime, stime, and those of children waited for.
int64_t TicksOf(pid_t pid) {
  const std::string stat = ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  const size_t after_name = stat.rfind(')');
  if (after_name == std::string::npos) return 0;
  std::istringstream fields(stat.substr(after_name + 1));
  std::string field;
  int64_t ticks = 0;
  for (int number = 3; number <= 17 && fields >> field; ++number) {
    if (number >= 14) ticks += std::stoll(field);
  }
  return ticks;
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::istringstream list(ReadFile(absl::StrCat("/proc/", pid, "/task/", pid, "/children")));
  std::vector<pid_t> children;
  for (pid_t child = 0; list >> child;) children.push_back(child);
  return children;
}

absl::Duration DurationOf(int64_t ticks) {
  return absl::Seconds(static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK)));
}

}  // namespace

absl::Duration CpuTimeOf(pid_t pid) {
  int64_t ticks = TicksOf(pid);
  for (const pid_t child : ChildrenOf(pid)) ticks += TicksOf(child);
  return DurationOf(ticks);
}

absl::Duration CpuTimeOfSelf() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return absl::DurationFromTimespec(used);
}

// The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal.
absl::Duration CpuTimeOfMachine() {
  std::istringstream fields(ReadFile("/proc/stat"));
  std::string name;
  fields >> name;
  int64_t busy = 0;
  int64_t ticks = 0;
  for (int field = 1; field <= 8 && fields >> ticks; ++field) {
    if (field != 4 && field != 5) busy += ticks;
  }
  return DurationOf(busy);
}

}  // namespace usersync::tests
