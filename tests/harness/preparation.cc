#include "tests/harness/preparation.h"

#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/harness/free_port.h"
#include "tests/harness/must.h"
#include "tests/harness/process.h"

namespace usersync::tests {

Preparation::Preparation(const std::string& actors)
    : nats_port(FreePort()), nats_websocket_port(FreePort()), postgres_port(FreePort()) {
  const std::string output =
      Must(RunToEnd({.name = "usersync prepare",
                     .argv = {USERSYNC_SOURCE_DIR "/usersync", "prepare", "--dir", directory(),
                              "--actors", actors, "--template", USERSYNC_CLUSTER_TEMPLATE},
                     .environment = {{"USERSYNC_NATS_PORT", absl::StrCat(nats_port)},
                                     {"USERSYNC_NATS_WS_PORT", absl::StrCat(nats_websocket_port)},
                                     {"USERSYNC_POSTGRES_PORT", absl::StrCat(postgres_port)}}}));
  const std::map<std::string, std::string*> wanted = {{"NATS_CONFIG", &nats_config},
                                                      {"PGDATA", &pgdata},
                                                      {"POSTGRES_USER", &postgres_user},
                                                      {"PG_BIN", &pg_bin},
                                                      {"STORE_DATABASE_URL", &store_database_url},
                                                      {"OWNER_DATABASE_URL", &owner_database_url},
                                                      {"READER_DATABASE_URL", &reader_database_url},
                                                      {"SECRETS_DIR", &secrets_dir}};
  for (const absl::string_view line : absl::StrSplit(output, '\n')) {
    const std::pair<std::string, std::string> entry = absl::StrSplit(line, absl::MaxSplits('=', 1));
    if (const auto found = wanted.find(entry.first); found != wanted.end()) {
      *found->second = entry.second;
    }
  }
  for (const auto& [name, value] : wanted) {
    if (value->empty()) throw std::runtime_error("usersync prepare did not say " + name);
  }
}

std::string Preparation::Secret(const std::string& name) const {
  std::ifstream file(secrets_dir + "/" + name);
  if (!file) throw std::runtime_error("no secret is called " + name);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return std::string(absl::StripAsciiWhitespace(text));
}

}  // namespace usersync::tests
