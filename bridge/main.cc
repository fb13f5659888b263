// usersync-bridge: see kUsage.
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "bridge/bridge.h"
#include "bridge/monitor.h"
#include "bridge/streams.h"
#include "common/health_command.h"
#include "common/log.h"
#include "common/options.h"
#include "common/serve.h"
#include "common/tls_credentials.h"

namespace usersync::bridge {
namespace {

constexpr char kUsage[] =
    "usersync-bridge carries users between NATS and the store.\n\n"
    "  usersync-bridge serve           carries until SIGTERM\n"
    "  usersync-bridge health          says whether the one that serves here is healthy\n"
    "  usersync-bridge setup-streams   makes the JetStream streams\n"
    "  usersync-bridge monitor         prints every message of users.> (as operator)\n"
    "  usersync-bridge publish FILE|-  publishes a document or mutation, waits for its receipt\n";

constexpr unsigned kMostSecondsToStop = 20;

struct Settings {
  NatsConnection::Options nats;
  std::string nats_password_file;
  std::string store_addr = "127.0.0.1:50052";
  TlsFiles tls;
  int metrics_port = 9465;
  std::string secrets_dir;
  std::string actor;
  absl::Duration timeout = absl::Seconds(10);
  std::string log_level = "info";
};

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "usersync-bridge: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}

void Print(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  std::stringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
  } else {
    std::ifstream file(path, std::ios::binary);
    if (!file) return absl::InvalidArgumentError(absl::StrCat("cannot read ", path));
    text << file.rdbuf();
  }
  return text.str();
}

absl::StatusOr<std::string> ReadSecret(const std::string& path) {
  auto text = ReadAll(path);
  if (!text.ok()) return text.status();
  return std::string(absl::StripAsciiWhitespace(*text));
}

absl::Status Serve(StopSignal& stop, const Settings& settings) {
  absl::StatusOr<std::string> token = "";
  if (settings.tls.empty()) {
    token = ReadSecret(absl::StrCat(settings.secrets_dir, "/bridge.token"));
    if (!token.ok()) return token.status();
  }
  auto credentials = MakeChannelCredentials(settings.tls);
  if (!credentials.ok()) return credentials.status();
  auto bridge = Bridge::Start({.nats = settings.nats,
                               .store = {.addresses = absl::StrSplit(settings.store_addr, ','),
                                         .token = *std::move(token),
                                         .credentials = *std::move(credentials)},
                               .metrics_port = settings.metrics_port});
  if (!bridge.ok()) return bridge.status();
  spdlog::info("carrying between {} and {}", settings.nats.url, settings.store_addr);
  while (!stop.WaitFor(absl::Seconds(1))) {
    if ((*bridge)->is_cut_off()) return absl::PermissionDeniedError("NATS does not let us in");
  }
  spdlog::info("stopping: finishing what was begun");
  // Whatever hangs, hangs no longer than this: the next bridge goes on from the position.
  alarm(kMostSecondsToStop);
  bridge->reset();
  spdlog::info("stopped");
  return absl::OkStatus();
}

absl::Status Run(StopSignal& stop, const Settings& settings,
                 const std::vector<std::string>& words) {
  const std::string command = words.empty() ? "" : words.front();
  if (command == "serve" && words.size() == 1) return Serve(stop, settings);
  NatsConnection::Options options = settings.nats;
  // Where NATS lets a user with a password be answered.
  if (!options.user.empty()) options.inbox_prefix = absl::StrCat("inbox.", options.user);
  if (command == "publish" && words.size() == 2) {
    const auto payload = ReadAll(words.back());
    if (!payload.ok()) return payload.status();
    options.send_asap = true;
    const auto nats = NatsConnection::Connect(options);
    if (!nats.ok()) return nats.status();
    return PublishAndWait(**nats, settings.actor, *payload, settings.timeout, Print);
  }
  if ((command == "monitor" || command == "setup-streams") && words.size() == 1) {
    const auto nats = NatsConnection::Connect(options);
    if (!nats.ok()) return nats.status();
    if (command == "setup-streams") return SetUpStreams(**nats, Print);
    return Monitor(
        **nats, [&stop] { return stop.WaitFor(absl::ZeroDuration()); }, Print);
  }
  return absl::InvalidArgumentError(
      "commands: serve, health, setup-streams, monitor, publish FILE|-; see --help");
}

int Main(int argc, char** argv) {
  StopSignal stop;
  Settings settings;
  OptionSet set("usersync-bridge", kUsage);
  set.Add("nats-url", &settings.nats.url, "Where NATS is.");
  set.Add("nats-user", &settings.nats.user, "Who to be there; nobody if empty.");
  set.Add("nats-password-file", &settings.nats_password_file, "The file with the password.");
  set.AddSecret("nats-password", &settings.nats.password, "The password, without a file.");
  set.Add("store-addr", &settings.store_addr, "host:port of each store, separated by commas.");
  set.Add("store-ca", &settings.tls.authority,
          "Who signs the stores' certificates, for serve: calls to them are then encrypted.");
  set.Add("client-cert", &settings.tls.certificate,
          "What the stores know the bridge by then: a certificate for usersync://bridge.");
  set.Add("client-key", &settings.tls.key, "Its private key.");
  set.Add("bridge-metrics-port", &settings.metrics_port, 0, 65535,
          "The loopback port of GET /metrics, for serve; 0: none.");
  set.Add("secrets-dir", &settings.secrets_dir, "Where bridge.token is, for serve.");
  set.Add("actor", &settings.actor, "Whom to publish as; frontend-client if empty.");
  set.Add("timeout", &settings.timeout, "How long publish waits.");
  set.Add("log-level", &settings.log_level, kLogLevels, "How much to say.");
  std::string answer;
  const auto words = set.Parse(argc, argv, &answer);
  if (!words.ok()) return Fail(words.status());
  if (!answer.empty()) {
    std::fputs(answer.c_str(), stdout);
    return 0;
  }
  if (*words == std::vector<std::string>{"health"}) return AskHealth(settings.metrics_port);
  InitLog("usersync-bridge", settings.log_level);
  if (!settings.nats_password_file.empty()) {
    auto password = ReadSecret(settings.nats_password_file);
    if (!password.ok()) return Fail(password.status());
    settings.nats.password = *std::move(password);
  }
  const absl::Status status = Run(stop, settings, *words);
  return status.ok() ? 0 : Fail(status);
}

}  // namespace
}  // namespace usersync::bridge

int main(int argc, char** argv) { return usersync::bridge::Main(argc, argv); }
