// A child process with its output in a file. It never outlives its owner, nor the thread that
// started it: start processes from a thread that lasts, as the main thread does.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace usersync::tests {

class Process {
 public:
  struct Options {
    // For messages.
    std::string name;
    // The program, looked up in PATH, and its arguments.
    std::vector<std::string> argv;
    // Added to our own environment, from which every USERSYNC_* is left out.
    std::map<std::string, std::string> environment;
    // Where stdout and stderr are appended. Empty: they are dropped.
    std::string log_path;
    // Who runs it, if we are root. Empty: we.
    std::string user;
    // What the kernel sends it if we die.
    int signal_of_our_death = SIGKILL;
  };

  static absl::StatusOr<std::unique_ptr<Process>> Start(const Options& options);

  // Kills it if it still runs, and prints the end of its log if any test failed so far.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  const std::string& name() const { return options_.name; }

  bool IsRunning();
  void Signal(int number);

  // SIGKILL, to its children too, and waits for its end.
  void Kill9();

  // SIGTERM, then the exit status; DEADLINE_EXCEEDED, and killed, if it does not end in time.
  absl::StatusOr<int> Terminate(absl::Duration patience = absl::Seconds(30));

  // The exit status, or 128 and the signal that ended it.
  absl::StatusOr<int> Wait(absl::Duration patience);

 private:
  Process(Options options, pid_t pid) : options_(std::move(options)), pid_(pid) {}

  const Options options_;
  const pid_t pid_;
  bool ended_ = false;
  int status_ = 0;
};

// Runs a command to its end and returns what it printed; an error, with the output, if it fails.
absl::StatusOr<std::string> RunToEnd(Process::Options options,
                                     absl::Duration patience = absl::Minutes(2));

// The last `bytes` of a file, cut at a line.
std::string TailOf(const std::string& path, size_t bytes);

}  // namespace usersync::tests
