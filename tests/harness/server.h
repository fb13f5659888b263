// A server that a test starts, kills, pauses and starts again, always on the same port and data.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "tests/harness/process.h"

namespace usersync::tests {

class Server {
 public:
  virtual ~Server() = default;

  // Starts it and waits until it answers. Throws if it does not.
  void Start();

  // Starts it and does not wait.
  void Begin();

  // As Kill9 of Process: nothing is flushed.
  void Kill9() { process_.reset(); }

  // SIGTERM, and waits for an orderly end; returns the exit status. Throws if it does not come.
  int Terminate();

  // While it is paused, its connections stay open and nothing moves.
  void Pause() { process_->Signal(SIGSTOP); }
  void Resume() { process_->Signal(SIGCONT); }

  // One more variable of its environment, from its next start on.
  void SetVariable(const std::string& name, const std::string& value) { variables_[name] = value; }

  bool IsRunning() { return process_ != nullptr && process_->IsRunning(); }
  pid_t pid() const { return process_->pid(); }

 protected:
  virtual Process::Options Command() const = 0;

  // Whether it takes work.
  virtual bool Answers() = 0;

 private:
  Process::Options CommandWithVariables() const;

  std::map<std::string, std::string> variables_;
  std::unique_ptr<Process> process_;
};

}  // namespace usersync::tests
