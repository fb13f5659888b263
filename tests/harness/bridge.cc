#include "tests/harness/bridge.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/harness/nats_client.h"
#include "tests/harness/programs.h"

namespace usersync::tests {

Bridge::Bridge(const Preparation& preparation, int number, std::vector<std::string> stores)
    : preparation_(preparation), number_(number), stores_(std::move(stores)) {}

absl::StatusOr<std::string> Bridge::Run(const std::vector<std::string>& arguments,
                                        const std::string& user) const {
  return RunToEnd(CommandOf(arguments, user));
}

Process::Options Bridge::Command() const {
  Process::Options options = CommandOf({"serve"}, "bridge");
  options.name = absl::StrCat("bridge-", number_);
  options.log_path = preparation_.LogPath(options.name);
  return options;
}

Process::Options Bridge::CommandOf(const std::vector<std::string>& arguments,
                                   const std::string& user) const {
  Process::Options options{
      .name = "usersync-bridge " + arguments.front(),
      .argv = {ProgramPath("usersync-bridge")},
      .environment = {
          {"USERSYNC_NATS_URL", absl::StrCat("nats://127.0.0.1:", preparation_.nats_port)},
          {"USERSYNC_STORE_ADDR", absl::StrJoin(stores_, ",")},
          {"USERSYNC_SECRETS_DIR", preparation_.secrets_dir},
          {"USERSYNC_BRIDGE_METRICS_PORT", "0"}}};
  if (!user.empty()) {
    options.environment["USERSYNC_NATS_USER"] = user;
    options.environment["USERSYNC_NATS_PASSWORD"] = preparation_.Secret("nats-" + user);
  }
  options.argv.insert(options.argv.end(), arguments.begin(), arguments.end());
  return options;
}

// Somebody answers pulls. With several bridges it may be another one: they take over anyway.
bool Bridge::Answers() {
  auto client =
      NatsClient::Connect({.url = absl::StrCat("nats://127.0.0.1:", preparation_.nats_port)});
  if (!client.ok()) return false;
  const auto answer =
      (*client)->Request("users.pull", R"({"checkpoint":null,"limit":1})", absl::Seconds(2));
  return answer.ok() && !absl::StrContains(answer->payload, "\"error\"");
}

}  // namespace usersync::tests
