#include "tests/harness/server.h"

#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"

namespace usersync::tests {

void Server::Begin() {
  process_.reset();
  process_ = Must(Process::Start(CommandWithVariables()));
}

void Server::Start() {
  Begin();
  const bool answers = Eventually([this] {
    // PostgreSQL refuses to start while old backends hold its memory: then again.
    if (!process_->IsRunning()) Begin();
    return Answers();
  });
  if (answers) return;
  const Process::Options options = Command();
  throw std::runtime_error(absl::StrCat(options.name, " does not answer; its log ends:\n",
                                        TailOf(options.log_path, 2000)));
}

Process::Options Server::CommandWithVariables() const {
  Process::Options options = Command();
  for (const auto& [name, value] : variables_) options.environment[name] = value;
  return options;
}

int Server::Terminate() {
  const absl::StatusOr<int> status = process_->Terminate();
  process_.reset();
  return Must(status);
}

}  // namespace usersync::tests
