#include "tests/harness/store.h"

#include <grpcpp/create_channel.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "tests/harness/free_port.h"
#include "tests/harness/must.h"
#include "tests/harness/programs.h"

namespace usersync::tests {

Store::Store(const Preparation& preparation, int number)
    : preparation_(preparation), number_(number), port_(FreePort()) {}

absl::StatusOr<std::string> Store::Run(const Preparation& preparation,
                                       const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {ProgramPath("usersync-store")};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return RunToEnd({.name = absl::StrJoin(argv, " "),
                   .argv = argv,
                   .environment = {{"USERSYNC_OWNER_DATABASE_URL", preparation.owner_database_url},
                                   {"USERSYNC_STORE_DATABASE_URL", preparation.store_database_url},
                                   {"USERSYNC_SECRETS_DIR", preparation.secrets_dir}}});
}

absl::StatusOr<std::string> Store::Migrate(const Preparation& preparation,
                                           const std::string& command) {
  return Run(preparation, {"migrate", command});
}

std::string Store::address() const { return absl::StrCat("127.0.0.1:", port_); }

void Store::SetCertificate(const TlsFiles& own, const TlsFiles& ours) {
  SetVariable("USERSYNC_STORE_TLS_CERT", own.certificate);
  SetVariable("USERSYNC_STORE_TLS_KEY", own.key);
  SetVariable("USERSYNC_STORE_TLS_CLIENT_CA", own.authority);
  ours_ = ours;
}

Process::Options Store::Command() const {
  return {.name = absl::StrCat("store-", number_),
          .argv = {ProgramPath("usersync-store"), "serve"},
          .environment = {{"USERSYNC_STORE_PORT", absl::StrCat(port_)},
                          {"USERSYNC_STORE_METRICS_PORT", "0"},
                          {"USERSYNC_STORE_DATABASE_URL", preparation_.store_database_url},
                          {"USERSYNC_SECRETS_DIR", preparation_.secrets_dir}},
          .log_path = preparation_.LogPath(absl::StrCat("store-", number_))};
}

bool Store::Answers() {
  const auto channel = grpc::CreateChannel(address(), Must(MakeChannelCredentials(ours_)));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
  grpc::health::v1::HealthCheckResponse response;
  return grpc::health::v1::Health::NewStub(channel)->Check(&context, {}, &response).ok() &&
         response.status() == grpc::health::v1::HealthCheckResponse::SERVING;
}

}  // namespace usersync::tests
