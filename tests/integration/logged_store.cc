#include "tests/integration/logged_store.h"

#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status.h"
#include "tests/harness/must.h"
#include "tests/integration/store_api.h"

namespace usersync::tests {
LoggedStore::LoggedStore(int stores) : line_({.stores = stores, .bridges = 0}) {
  line_.postgres().Start();
  line_.Migrate();
  for (int i = 0; i < stores; ++i) {
    line_.store(i).Start();
    stubs_.push_back(line_.Stub("gateway", "alice", i));
  }
}

void LoggedStore::Write(int count, int store) {
  users::v1::PushRequest request;
  for (int i = 0; i < count; ++i) {
    const int number = ++written_;
    *request.add_mutations() =
        MakeMutation(absl::StrCat("m-", number),
                     MakeUser(absl::StrCat("user-", number % kUsers), absl::StrCat("s-", number)));
  }
  users::v1::PushResponse response;
  const auto context = stub(store).Context();
  Must(FromGrpc(stub(store).sync().Push(context.get(), request, &response)));
  for (const users::v1::Receipt& receipt : response.receipts()) {
    if (receipt.outcome() != users::v1::OUTCOME_APPLIED) {
      throw std::runtime_error("not applied: " + receipt.ShortDebugString());
    }
  }
}

Hashes LoggedStore::Leaves() {
  Hashes leaves;
  for (const auto& row :
       Must(line_.reader().Query("SELECT encode(hash, 'hex') FROM version ORDER BY id"))) {
    leaves.push_back(absl::HexStringToBytes(row[0].c_str()));
  }
  return leaves;
}

users::v1::GetLogHeadResponse LoggedStore::Head(int store) {
  users::v1::GetLogHeadResponse response;
  const auto context = stub(store).Context();
  Must(FromGrpc(stub(store).log().GetLogHead(context.get(), {}, &response)));
  return response;
}

void LoggedStore::Tamper(const std::string& sql) {
  // ALTER TABLE ... DISABLE TRIGGER reaches the partitions too.
  Must(line_.owner().Query(
      absl::StrCat("ALTER TABLE version DISABLE TRIGGER USER; ALTER TABLE log_tile DISABLE "
                   "TRIGGER USER; ",
                   sql,
                   "; ALTER TABLE version ENABLE TRIGGER USER; ALTER TABLE log_tile ENABLE "
                   "TRIGGER USER")));
}

void LoggedStore::Restart() {
  line_.store().Terminate();
  line_.store().Start();
}

std::string LoggedStore::HeadsText() const {
  std::ifstream file(heads_path());
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace usersync::tests
