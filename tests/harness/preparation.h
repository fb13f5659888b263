// What `./usersync prepare` makes for one line: secrets, the configuration of NATS, a database
// cluster; and the ports that its servers take.
#pragma once

#include <string>

#include "tests/harness/temp_dir.h"

namespace usersync::tests {

class Preparation {
 public:
  // `actors` get NATS users of their own. Throws if the script fails.
  explicit Preparation(const std::string& actors = "alice,bob");

  // The content of a file in the secrets directory, such as "nats-alice".
  std::string Secret(const std::string& name) const;

  const std::string& directory() const { return directory_.path(); }
  std::string LogPath(const std::string& name) const { return directory() + "/" + name + ".log"; }
  std::string nats_data() const { return directory() + "/nats"; }

  int nats_port = 0;
  int nats_websocket_port = 0;
  int postgres_port = 0;
  std::string nats_config;
  std::string pgdata;
  std::string postgres_user;
  std::string pg_bin;
  std::string store_database_url;
  std::string owner_database_url;
  std::string reader_database_url;
  std::string secrets_dir;

 private:
  TempDir directory_;
};

}  // namespace usersync::tests
