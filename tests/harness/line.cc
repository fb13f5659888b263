#include "tests/harness/line.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

int64_t NumberOrZero(Database& database, const std::string& sql) {
  const auto rows = database.Query(sql);
  return rows.ok() && !rows->empty() ? rows->at(0).at(0).as<int64_t>() : 0;
}

}  // namespace

Line::Line(const Options& options)
    : preparation_(options.actors), nats_(preparation_), postgres_(preparation_) {
  std::vector<std::string> addresses;
  for (int i = 1; i <= options.stores; ++i) {
    stores_.push_back(std::make_unique<Store>(preparation_, i));
    addresses.push_back(stores_.back()->address());
  }
  for (int i = 1; i <= options.bridges; ++i) {
    bridges_.push_back(std::make_unique<Bridge>(preparation_, i, addresses));
  }
}

void Line::Start() {
  StartServers();
  Migrate();
  StartServices();
}

void Line::StartServers() {
  nats_.Start();
  postgres_.Start();
}

void Line::Migrate() { Must(Store::Migrate(preparation_).status()); }

void Line::StartServices() {
  for (const auto& store : stores_) store->Start();
  for (const auto& bridge : bridges_) bridge->Start();
}

std::unique_ptr<NatsClient> Line::Client(const std::string& user) const {
  NatsClient::Options options{.url = nats_.url(), .user = user};
  if (!user.empty()) {
    options.password = preparation_.Secret("nats-" + user);
    options.inbox_prefix = "inbox." + user;
  }
  return Must(NatsClient::Connect(options));
}

StoreStub Line::Stub(const std::string& service, const std::string& actor, int index) const {
  return StoreStub({.address = stores_.at(index)->address(),
                    .token = service.empty() ? "" : preparation_.Secret(service + ".token"),
                    .actor = actor});
}

Database& Line::reader() {
  if (reader_ == nullptr) reader_ = Must(Database::Connect(preparation_.reader_database_url));
  return *reader_;
}

Database& Line::owner() {
  if (owner_ == nullptr) owner_ = Must(Database::Connect(preparation_.owner_database_url));
  return *owner_;
}

StreamAdmin& Line::streams() {
  if (streams_ == nullptr) {
    operator_ = Client("operator");
    streams_ = std::make_unique<StreamAdmin>(*operator_);
  }
  return *streams_;
}

int64_t Line::Position() {
  return NumberOrZero(reader(), "SELECT seq FROM source WHERE stream = 'USERS_UPDATE'");
}

int64_t Line::Head() { return NumberOrZero(reader(), "SELECT head FROM feed"); }

bool Line::IsQuiet() {
  const auto updates = streams().Info("USERS_UPDATE");
  if (!updates.ok()) return false;
  // An empty stream may have begun anew, while the position still names its old end.
  const auto& state = (*updates)["state"];
  if (state.value("messages", 0) != 0 && Position() != state["last_seq"].get<int64_t>()) {
    return false;
  }
  const int64_t head = Head();
  if (head == 0) return true;
  const auto [sequence, checkpoint] = NewestBroadcast();
  return sequence == head && Accepts(checkpoint);
}

int64_t Line::Broadcast() { return NewestBroadcast().first; }

std::string Line::NewestCheckpoint() { return NewestBroadcast().second; }

std::pair<int64_t, std::string> Line::NewestBroadcast() {
  const auto last = streams().Last("USERS_BROADCAST", "users.broadcast");
  int64_t sequence = 0;
  if (!last.ok() || !absl::SimpleAtoi(last->message.Header("Users-Seq"), &sequence)) return {};
  return {sequence, last->message.Header("Users-Checkpoint")};
}

bool Line::Accepts(const std::string& checkpoint) {
  const nlohmann::json request = {{"checkpoint", checkpoint}, {"limit", 1}};
  const auto answer = operator_->Request("users.pull.operator", request.dump(), absl::Seconds(2));
  return answer.ok() && !nlohmann::json::parse(answer->payload).contains("error");
}

}  // namespace usersync::tests
