// A whole usersync of one's own: NATS, PostgreSQL, stores and bridges, on free ports, in a
// temporary directory. Nothing of it is left when it goes.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/harness/bridge.h"
#include "tests/harness/database.h"
#include "tests/harness/nats_client.h"
#include "tests/harness/nats_server.h"
#include "tests/harness/postgres.h"
#include "tests/harness/preparation.h"
#include "tests/harness/store.h"
#include "tests/harness/store_stub.h"
#include "tests/harness/stream_admin.h"

namespace usersync::tests {

class Line {
 public:
  struct Options {
    int stores = 1;
    int bridges = 1;
    // The NATS users with a password, separated by commas.
    std::string actors = "alice,bob";
  };

  // Prepares everything and starts nothing. Throws.
  Line() : Line(Options{}) {}
  explicit Line(const Options& options);

  // Starts everything, in order, and waits until a pull is answered.
  void Start();

  // The same in three steps.
  void StartServers();
  void Migrate();
  void StartServices();

  NatsServer& nats() { return nats_; }
  Postgres& postgres() { return postgres_; }
  Store& store(int index = 0) { return *stores_.at(index); }
  Bridge& bridge(int index = 0) { return *bridges_.at(index); }
  const Preparation& preparation() const { return preparation_; }

  // A new connection to NATS as a named actor, "operator", "bridge", or anonymous if empty.
  std::unique_ptr<NatsClient> Client(const std::string& user = "") const;

  // A caller of a store with the token of "gateway", "bridge" or "operator"; none if empty.
  StoreStub Stub(const std::string& service, const std::string& actor = "", int index = 0) const;

  // Reads everything; a connection that all callers of the main thread share.
  Database& reader();
  // Owns the schema.
  Database& owner();

  // The operator's view of the streams; shared as the reader is.
  StreamAdmin& streams();

  // How many users.update messages the store has taken in, and the newest sequence of the feed.
  // 0 while the database is away.
  int64_t Position();
  int64_t Head();

  // The sequence that was broadcast last; 0 if there is none, or nobody to ask.
  int64_t Broadcast();

  // The checkpoint that was broadcast last; "" if there is none.
  std::string NewestCheckpoint();

  // Whether everything published was taken in, and everything committed was broadcast: the newest
  // broadcast is the newest change of this database, not of one that was restored meanwhile.
  bool IsQuiet();

 private:
  const Preparation preparation_;
  NatsServer nats_;
  Postgres postgres_;
  std::vector<std::unique_ptr<Store>> stores_;
  std::vector<std::unique_ptr<Bridge>> bridges_;
  // The sequence of the newest broadcast and its checkpoint; 0 and "" if there is none.
  std::pair<int64_t, std::string> NewestBroadcast();

  // Whether a store, asked through a bridge, knows a checkpoint.
  bool Accepts(const std::string& checkpoint);

  std::unique_ptr<Database> reader_;
  std::unique_ptr<Database> owner_;
  std::unique_ptr<NatsClient> operator_;
  std::unique_ptr<StreamAdmin> streams_;
};

}  // namespace usersync::tests
