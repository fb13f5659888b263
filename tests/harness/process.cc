#include "tests/harness/process.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/harness/eventually.h"
#include "tests/harness/temp_dir.h"

extern char** environ;

namespace usersync::tests {
namespace {

constexpr size_t kShownOfALog = 6000;

// Everything that the child needs between fork and exec, where it may not allocate.
struct Launch {
  std::vector<char*> argv;
  std::vector<char*> environment;
  std::string log_path;
  int signal_of_our_death;
  pid_t parent;
  bool changes_user = false;
  uid_t user = 0;
  gid_t group = 0;
};

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> EnvironmentWith(const std::map<std::string, std::string>& added) {
  std::vector<std::string> lines;
  for (char** line = environ; *line != nullptr; ++line) {
    if (!absl::StartsWith(*line, "USERSYNC_")) lines.emplace_back(*line);
  }
  for (const auto& [name, value] : added) lines.push_back(absl::StrCat(name, "=", value));
  return lines;
}

[[noreturn]] void BecomeChild(const Launch& launch) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int in = open("/dev/null", O_RDONLY);
  const int out = open(launch.log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0) _exit(126);
  // Our connections are not its own: a server would keep them open after we closed them.
  close_range(3, ~0U, 0);
  if (chdir("/") != 0) _exit(126);
  if (launch.changes_user) {
    if (setgroups(0, nullptr) != 0 || setgid(launch.group) != 0 || setuid(launch.user) != 0) {
      _exit(126);
    }
  }
  // After setuid, which clears it.
  prctl(PR_SET_PDEATHSIG, launch.signal_of_our_death);
  if (getppid() != launch.parent) _exit(126);
  execvpe(launch.argv[0], launch.argv.data(), launch.environment.data());
  _exit(127);
}

std::vector<pid_t> ChildrenOf(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/task/", pid, "/children"));
  return {std::istream_iterator<pid_t>(file), std::istream_iterator<pid_t>()};
}

// A zombie is gone: it holds neither memory nor ports.
bool Lives(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const size_t name_end = text.rfind(')');
  return name_end != std::string::npos && text[name_end + 2] != 'Z';
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const Options& options) {
  std::vector<std::string> argv = options.argv;
  std::vector<std::string> environment = EnvironmentWith(options.environment);
  Launch launch{.argv = Pointers(argv),
                .environment = Pointers(environment),
                .log_path = options.log_path.empty() ? "/dev/null" : options.log_path,
                .signal_of_our_death = options.signal_of_our_death,
                .parent = getpid()};
  if (geteuid() == 0 && !options.user.empty()) {
    const passwd* const entry = getpwnam(options.user.c_str());
    if (entry == nullptr) {
      return absl::NotFoundError(absl::StrCat("no user is called ", options.user));
    }
    launch.changes_user = true;
    launch.user = entry->pw_uid;
    launch.group = entry->pw_gid;
  }
  const pid_t pid = fork();
  if (pid < 0) return absl::ResourceExhaustedError("fork failed");
  if (pid == 0) BecomeChild(launch);
  return std::unique_ptr<Process>(new Process(options, pid));
}

Process::~Process() {
  Kill9();
  if (testing::UnitTest::GetInstance()->Failed() && !options_.log_path.empty()) {
    std::fprintf(stderr, "---- the end of the log of %s (%s):\n%s----\n", options_.name.c_str(),
                 options_.log_path.c_str(), TailOf(options_.log_path, kShownOfALog).c_str());
  }
}

bool Process::IsRunning() {
  if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
  return !ended_;
}

void Process::Signal(int number) {
  if (IsRunning()) kill(pid_, number);
}

void Process::Kill9() {
  if (!IsRunning()) return;
  // Stopped first, so that it makes no child while we look.
  kill(pid_, SIGSTOP);
  const std::vector<pid_t> children = ChildrenOf(pid_);
  kill(pid_, SIGKILL);
  for (const pid_t child : children) kill(child, SIGKILL);
  waitpid(pid_, &status_, 0);
  ended_ = true;
  // Its children hold its memory and its port until they are gone.
  Eventually([&] { return std::none_of(children.begin(), children.end(), Lives); });
}

absl::StatusOr<int> Process::Terminate(absl::Duration patience) {
  Signal(SIGCONT);
  Signal(SIGTERM);
  auto status = Wait(patience);
  if (!status.ok()) Kill9();
  return status;
}

absl::StatusOr<int> Process::Wait(absl::Duration patience) {
  if (!Eventually([this] { return !IsRunning(); }, patience)) {
    return absl::DeadlineExceededError(
        absl::StrCat(options_.name, " still runs after ", absl::FormatDuration(patience)));
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

absl::StatusOr<std::string> RunToEnd(Process::Options options, absl::Duration patience) {
  const TempDir directory;
  options.log_path = directory.path() + "/output";
  std::string output;
  absl::StatusOr<int> status;
  {
    auto process = Process::Start(options);
    if (!process.ok()) return process.status();
    status = (*process)->Wait(patience);
    output = TailOf(options.log_path, 1 << 20);
  }
  if (!status.ok()) return status.status();
  if (*status == 0) return output;
  return absl::InternalError(absl::StrCat(options.name, " ended with ", *status, ":\n", output));
}

std::string TailOf(const std::string& path, size_t bytes) {
  std::ifstream file(path);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (text.size() <= bytes) return text;
  return text.substr(text.find('\n', text.size() - bytes) + 1);
}

}  // namespace usersync::tests
