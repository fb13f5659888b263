#include "tests/integration/traces.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/harness/must.h"
#include "tests/integration/watch_stream.h"

namespace usersync::tests {
namespace {

using Traces = std::vector<std::string>;

void TakeFeed(const std::string& text, Line& line, int store, Traces& traces) {
  StoreStub stub = line.Stub("bridge", "", store);
  users::v1::WatchRequest request;
  request.set_start(users::v1::WATCH_START_OLDEST);
  request.set_include_before(true);
  request.set_include_proof(true);
  WatchStream stream(stub, request);
  for (int64_t sequence = 0; sequence < line.Head();) {
    const users::v1::Change change = stream.NextChange();
    sequence = change.version().sequence();
    if (absl::StrContains(change.SerializeAsString(), text)) {
      traces.push_back(absl::StrCat("store ", store, ", change ", sequence));
    }
  }
}

void TakeFiles(const std::string& text, Line& line, Traces& traces) {
  namespace fs = std::filesystem;
  const Preparation& preparation = line.preparation();
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto it = fs::recursive_directory_iterator(preparation.directory(), options);
       it != fs::recursive_directory_iterator(); ++it) {
    // What is dead there goes with the next VACUUM and the next checkpoints.
    if (it->path() == preparation.pgdata) it.disable_recursion_pending();
    if (!it->is_regular_file()) continue;
    std::ifstream file(it->path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    if (absl::StrContains(content, text)) traces.push_back(it->path());
  }
}

}  // namespace

Traces TracesInTables(const std::string& text, Line& line) {
  Traces traces;
  const auto tables = Must(line.owner().Query(
      "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition "
      "AND c.relnamespace = 'public'::regnamespace"));
  for (const pqxx::row& table : tables) {
    const auto rows = Must(
        line.owner().Query(absl::StrCat("SELECT to_jsonb(t)::text FROM ", table[0].c_str(), " t")));
    for (const pqxx::row& row : rows) {
      const std::string json = row[0].c_str();
      // Bytes are told in hexadecimal.
      if (absl::StrContains(json, text) || absl::StrContains(json, absl::BytesToHexString(text))) {
        traces.push_back(absl::StrCat(table[0].c_str(), ": ", json));
      }
    }
  }
  return traces;
}

Traces TracesInStreams(const std::string& text, Line& line) {
  Traces traces;
  for (const char* stream : {"USERS_UPDATE", "USERS_BROADCAST"}) {
    for (const auto& stored : Must(line.streams().ReadWhatIsLeft(stream))) {
      bool found = absl::StrContains(stored.message.payload, text);
      for (const auto& [name, value] : stored.message.headers) {
        found = found || absl::StrContains(value, text);
      }
      if (found) traces.push_back(absl::StrCat(stream, " ", stored.sequence));
    }
  }
  return traces;
}

Traces TracesOf(const std::string& text, Line& line, int stores) {
  Traces traces = TracesInTables(text, line);
  for (std::string& trace : TracesInStreams(text, line)) traces.push_back(std::move(trace));
  for (int store = 0; store < stores; ++store) TakeFeed(text, line, store, traces);
  TakeFiles(text, line, traces);
  return traces;
}

}  // namespace usersync::tests
