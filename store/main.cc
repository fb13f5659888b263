// usersync-store: see kUsage.
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/health_command.h"
#include "common/log.h"
#include "common/loopback.h"
#include "common/options.h"
#include "common/serve.h"
#include "store/archive_command.h"
#include "store/migrations.h"
#include "store/server.h"
#include "store/verify_command.h"

namespace usersync::store {
namespace {

constexpr char kUsage[] =
    "usersync-store keeps users and their history in PostgreSQL and serves them over gRPC.\n\n"
    "  usersync-store serve           serves until SIGTERM\n"
    "  usersync-store health          says whether the one that serves here is healthy: exit "
    "status\n"
    "                                 0 if so\n"
    "  usersync-store migrate up      brings the database's schema up to date\n"
    "  usersync-store migrate status  says what it has\n"
    "  usersync-store verify          recomputes the whole history; exit status 0 if it is sound,\n"
    "                                 1 if not, 2 if it could not be verified\n"
    "  usersync-store export [FIRST [LAST]]  prints versions as JSON Lines, with their salts; by\n"
    "                                 default all that are not archived\n"
    "  usersync-store archive [BEFORE]  moves old versions, all before a sequence if one is "
    "given,\n"
    "                                 out of the database into files\n"
    "  usersync-store new-epoch       after a restore from a backup: makes the database another\n"
    "                                 one, with a log of its own; clients begin with a snapshot\n";

// What leaving takes beside the calls that are waited for.
constexpr unsigned kSecondsToLeave = 5;

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "usersync-store: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}

absl::Status OwnerUrlMissing() {
  return absl::InvalidArgumentError("USERSYNC_OWNER_DATABASE_URL must be set");
}

absl::StatusOr<std::unique_ptr<Session>> ConnectOwner(const std::string& url) {
  if (!url.empty()) return Session::Connect({.url = url});
  return OwnerUrlMissing();
}

int Migrate(const std::string& command, const std::string& owner_url) {
  auto session = ConnectOwner(owner_url);
  if (!session.ok()) return Fail(session.status());
  const auto lines = command == "up" ? MigrateUp(**session) : MigrationStatus(**session);
  if (!lines.ok()) return Fail(lines.status());
  for (const std::string& line : *lines) std::printf("%s\n", line.c_str());
  if (lines->empty()) std::printf("nothing to do\n");
  return 0;
}

int NewEpoch(const std::string& owner_url) {
  auto session = ConnectOwner(owner_url);
  if (!session.ok()) return Fail(session.status());
  const auto rows = (*session)->Exec(
      "UPDATE feed SET epoch = gen_random_uuid() "
      "RETURNING epoch, pg_notify('usersync_feed', head::text)");
  if (!rows.ok()) return Fail(rows.status());
  std::printf("the database is now %s\n", rows->front()[0].c_str());
  return 0;
}

int Serve(StopSignal& stop, const Server::Options& options, bool beyond_loopback) {
  if (options.database_url.empty()) {
    return Fail(absl::InvalidArgumentError("USERSYNC_STORE_DATABASE_URL must be set"));
  }
  if (!IsLoopback(options.host) && options.tls.empty() && !beyond_loopback) {
    return Fail(absl::InvalidArgumentError(
        "--store-host must be a loopback address, unless --store-tls-cert or --beyond-loopback is "
        "given: calls, and the tokens that they carry, are not encrypted"));
  }
  auto server = Server::Start(options, absl::Seconds(30));
  if (!server.ok()) return Fail(server.status());
  spdlog::info("serving gRPC on {}:{}", options.host, options.port);
  stop.Wait();
  spdlog::info("stopping: finishing what was begun");
  // Whatever hangs, hangs no longer than this: what is not committed is asked for again.
  alarm(static_cast<unsigned>(absl::ToInt64Seconds(options.drain_timeout)) + kSecondsToLeave);
  server->reset();
  spdlog::info("stopped");
  return 0;
}

struct Settings {
  Server::Options server;
  VerifyOptions verify;
  ArchiveOptions archive;
  std::string owner_url;
  std::string log_level = "info";
  bool beyond_loopback = false;
};

void Declare(OptionSet& set, Settings& settings) {
  Server::Options& server = settings.server;
  set.Add("store-host", &server.host, "The address to listen on.");
  set.Add("beyond-loopback", &settings.beyond_loopback,
          "Listen there although other machines may then call, and see tokens and users in clear.");
  set.Add("store-port", &server.port, 1, 65535, "The port of gRPC.");
  set.Add("store-metrics-port", &server.metrics_port, 0, 65535,
          "The loopback port of GET /metrics; 0: none.");
  set.Add("secrets-dir", &server.secrets_dir, "Where {gateway,bridge,operator}.token are.");
  set.Add("store-tls-cert", &server.tls.certificate,
          "The store's certificate: callers then show one of theirs instead of a token, for "
          "usersync://gateway, /bridge or /operator.");
  set.Add("store-tls-key", &server.tls.key, "Its private key.");
  set.Add("store-tls-client-ca", &server.tls.authority, "Who signs the callers' certificates.");
  set.Add("store-readers", &server.readers, 1, 256, "How many connections serve reads.");
  set.Add("stall-timeout", &server.stall_timeout,
          "How long a watcher may take nothing before its stream is ended.");
  set.Add("drain-timeout", &server.drain_timeout, "How long calls may go on after SIGTERM.");
  set.Add("log-host", &server.log.host, "The first part of the log's name.");
  set.Add("log-key", &server.log.key_path,
          "The private key that signs heads of the log; log.key in the secrets if empty.");
  set.Add("log-vkey", &settings.verify.vkey_path,
          "The public key, for verify; log.vkey beside the private one if empty.");
  set.Add("log-heads", &server.log.heads_path,
          "Where signed heads are appended; log.heads beside the key if empty.");
  set.Add("erasures", &server.erasures_path,
          "The list of erasures, applied again after a restore; erasures beside the key if empty. "
          "Keep it outside the database's backups.");
  set.Add("log-interval", &server.log.interval, "How often, while the log grows.");
  ArchiveOptions& archive = settings.archive;
  set.Add("archive-dir", &archive.directory, "Where archive puts its files.");
  set.Add("archive-keep", &archive.wish.keep, 0, 1000000,
          "How many of the newest full partitions, of 1,048,576 versions each, stay in the "
          "database. With fewer than 4, an emptied USERS_BROADCAST is not filled with all that it "
          "may hold.");
  set.Add("archive-without-bridge", &archive.wish.without_bridge,
          "Archive although no bridge says what it has broadcast, because there is none.");
  set.Add("apply-erasures", &archive.apply_erasures,
          "Archive nothing, but erase in the archive's files what was erased in the database.");
  set.Add("dry-run", &archive.dry_run, "Say what archive would do, and do nothing.");
  set.Add("log-level", &settings.log_level, kLogLevels, "How much to say.");
  set.AddSecret("store-database-url", &server.database_url, "PostgreSQL, for serve.");
  set.AddSecret("database-url", &settings.verify.database_url,
                "PostgreSQL as a reader, for verify and export; that of serve if empty.");
  set.AddSecret("owner-database-url", &settings.owner_url,
                "PostgreSQL as the owner, for migrate and archive.");
}

// What follows from other options if it was not given.
void Complete(Settings& settings) {
  HeadSigner::Options& log = settings.server.log;
  VerifyOptions& verify = settings.verify;
  if (log.key_path.empty()) log.key_path = settings.server.secrets_dir + "/log.key";
  if (log.heads_path.empty()) log.heads_path = BesideKey(log.key_path, "log.heads");
  std::string& erasures = settings.server.erasures_path;
  if (erasures.empty()) erasures = BesideKey(log.key_path, "erasures");
  if (verify.vkey_path.empty()) verify.vkey_path = BesideKey(log.key_path, "log.vkey");
  settings.archive.owner_url = settings.owner_url;
  if (verify.database_url.empty()) verify.database_url = settings.server.database_url;
  verify.heads_path = log.heads_path;
}

int ArchiveVersions(ArchiveOptions options, const std::vector<std::string>& operands) {
  int64_t& before = options.wish.before;
  if (operands.size() > 1 ||
      (!operands.empty() && (!absl::SimpleAtoi(operands.front(), &before) || before < 1))) {
    return Fail(absl::InvalidArgumentError("archive [BEFORE]: a sequence, from 1"));
  }
  if (options.owner_url.empty()) return Fail(OwnerUrlMissing());
  const auto status = options.apply_erasures ? ApplyErasures(options) : Archive(options);
  return status.ok() ? 0 : Fail(status);
}

int Run(StopSignal& stop, const Settings& settings, const std::vector<std::string>& words) {
  using Words = std::vector<std::string>;
  if (words == Words{"serve"}) return Serve(stop, settings.server, settings.beyond_loopback);
  if (words == Words{"health"}) return AskHealth(settings.server.metrics_port);
  if (words == Words{"migrate", "up"} || words == Words{"migrate", "status"}) {
    return Migrate(words.back(), settings.owner_url);
  }
  if (words == Words{"verify"}) return Verify(settings.verify);
  if (!words.empty() && words.front() == "export") {
    const auto status = Export(settings.verify.database_url, {words.begin() + 1, words.end()});
    return status.ok() ? 0 : Fail(status);
  }
  if (!words.empty() && words.front() == "archive") {
    return ArchiveVersions(settings.archive, {words.begin() + 1, words.end()});
  }
  if (words == Words{"new-epoch"}) return NewEpoch(settings.owner_url);
  return Fail(absl::InvalidArgumentError(
      "commands: serve, health, migrate up, migrate status, verify, export, archive, new-epoch; "
      "--help"));
}

int Main(int argc, char** argv) {
  StopSignal stop;
  Settings settings;
  OptionSet set("usersync-store", kUsage);
  Declare(set, settings);
  std::string answer;
  const auto words = set.Parse(argc, argv, &answer);
  if (!words.ok()) return Fail(words.status());
  if (!answer.empty()) {
    std::fputs(answer.c_str(), stdout);
    return 0;
  }
  Complete(settings);
  InitLog("usersync-store", settings.log_level);
  return Run(stop, settings, *words);
}

}  // namespace
}  // namespace usersync::store

int main(int argc, char** argv) { return usersync::store::Main(argc, argv); }
