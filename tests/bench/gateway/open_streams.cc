#include "tests/bench/gateway/open_streams.h"

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/testing/tls_client.h"
#include "tests/bench/bench_document.h"
#include "tests/bench/gateway/client_set.h"
#include "tests/bench/report.h"
#include "tests/harness/gateway.h"
#include "tests/harness/line.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

constexpr int kConnections = 4;
constexpr absl::Duration kPatience = absl::Minutes(1);
// How long freed memory may take to go back to the system, and how often that is looked at.
constexpr absl::Duration kTimeToSettle = absl::Seconds(15);
constexpr absl::Duration kLook = absl::Seconds(1);

double ResidentKb(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(status, line);) {
    if (absl::StartsWith(line, "VmRSS:")) return std::stod(line.substr(6));
  }
  throw std::runtime_error("the gateway is gone");
}

// The same once it has stopped falling.
double SettledKb(pid_t pid) {
  const absl::Time deadline = absl::Now() + kTimeToSettle;
  double before = ResidentKb(pid);
  while (absl::Now() < deadline) {
    absl::SleepFor(kLook);
    const double now = ResidentKb(pid);
    if (now >= before) return now;
    before = now;
  }
  return before;
}

// Makes changes of one user.
class Author {
 public:
  explicit Author(Line& line) : stub_(line.Stub("gateway", "bench")) {
    users::v1::CreateUserRequest request;
    request.set_mutation_id("create");
    *request.mutable_user() = User();
    users::v1::CreateUserResponse response;
    Must(stub_.users().CreateUser(stub_.Context().get(), request, &response));
  }

  void Change() {
    users::v1::UpdateUserRequest request;
    request.set_mutation_id(absl::StrCat("update-", ++edit_));
    *request.mutable_user() = User();
    request.mutable_update_mask()->add_paths("status");
    users::v1::UpdateUserResponse response;
    Must(stub_.users().UpdateUser(stub_.Context().get(), request, &response));
  }

 private:
  static void Must(const grpc::Status& status) {
    if (!status.ok()) throw std::runtime_error(status.error_message());
  }

  users::v1::User User() const {
    users::v1::User user;
    user.set_id(BenchUserId(1));
    user.set_email(BenchEmail(1));
    user.set_status(BenchStatus(edit_));
    user.set_created_at("2024-01-01T00:00:00.000Z");
    user.set_updated_at("2024-01-01T00:00:00.000Z");
    return user;
  }

  StoreStub stub_;
  int64_t edit_ = 0;
};

// How many connections watchers have, and of which kind.
struct Clients {
  ClientSet::Connect connect;
  int count;
};

// Watchers that have seen everything so far.
class Watchers {
 public:
  explicit Watchers(const Clients& clients) : clients_(clients.connect, clients.count) {}

  // Opens more of them.
  void Open(int streams) {
    users::v1::WatchRequest request;
    request.set_start(users::v1::WATCH_START_OLDEST);
    request.mutable_heartbeat_interval()->set_seconds(300);
    for (int i = 0; i < streams; ++i) {
      clients_.Next().Begin({.path = "/users.v1.ChangeFeedService/Watch",
                             .message = request.SerializeAsString(),
                             .on_message = [this] { ++messages_; },
                             .on_end = [](bool) { throw std::runtime_error("a watch ended"); }});
    }
    streams_ += streams;
    Await(streams);
  }

  // Waits until one more message has come to each of them.
  void AwaitAll() { Await(streams_); }

 private:
  void Await(int64_t messages) {
    expected_ += messages;
    clients_.RunUntil(absl::Now() + kPatience, [this] { return messages_ >= expected_; });
    if (messages_ != expected_) {
      throw std::runtime_error(absl::StrCat(messages_, " messages instead of ", expected_));
    }
  }

  ClientSet clients_;
  int64_t streams_ = 0;
  int64_t messages_ = 0;
  int64_t expected_ = 0;
};

// Lets a gateway serve as many streams as will be weighed. Returns what it took after the first
// tenth: what it needs to serve any at all is not theirs. gRPC knows how much memory a call takes
// when calls have ended on its connection.
double ServeBefore(const Clients& clients, int streams, pid_t gateway) {
  Watchers(clients).Open(streams / 10);
  const double before = SettledKb(gateway);
  Watchers(clients).Open(streams);
  (void)SettledKb(gateway);
  return before;
}

double FanoutMs(Author& author, Watchers& watchers, int changes) {
  std::vector<absl::Duration> times;
  for (int i = 0; i < changes; ++i) {
    const absl::Time begun = absl::Now();
    author.Change();
    watchers.AwaitAll();
    times.push_back(absl::Now() - begun);
  }
  return QuantileMs(times, 0.50);
}

// What a stream takes of a gateway that begins with them; `then` has the watchers before it ends.
double WeighStreams(
    Gateway& gateway, const Clients& clients, int streams,
    const std::function<void(Watchers&)>& then = [](Watchers&) {}) {
  gateway.Start();
  const double before = ServeBefore(clients, streams, gateway.pid());
  double weight = 0;
  {
    Watchers watchers(clients);
    // They begin with the oldest change, and all there are come in one message.
    watchers.Open(streams);
    weight = (SettledKb(gateway.pid()) - before) / streams;
    then(watchers);
  }
  gateway.Terminate();
  return weight;
}

}  // namespace

OpenStreams MeasureOpenStreams(int streams, int changes) {
  Line line;
  line.postgres().Start();
  line.Migrate();
  line.store().Start();
  Gateway gateway(line.preparation(), {line.store().address()});
  const std::string certificate = line.preparation().secrets_dir + "/gateway.crt";
  const std::string key = line.preparation().secrets_dir + "/gateway.key";
  gateway::WriteCertificate(certificate, key, "localhost");
  gateway.AddTls(certificate, key);
  const auto http1 = [&](bool tls) {
    const int port = tls ? gateway.https_port() : gateway.http_port();
    return Clients{[=] { return ConnectGrpcWebHttp1(port, tls); }, streams};
  };
  const auto http2 = [&](bool tls) {
    const int port = tls ? gateway.https_port() : gateway.http_port();
    return Clients{[=] { return ConnectGrpcWebHttp2(port, tls); }, kConnections};
  };
  Author author(line);
  OpenStreams result;
  result.http2_kb = WeighStreams(gateway, http2(false), streams, [&](Watchers& watchers) {
    result.fanout_ms = FanoutMs(author, watchers, changes);
  });
  result.http1_kb = WeighStreams(gateway, http1(false), streams);
  result.http2_tls_kb = WeighStreams(gateway, http2(true), streams);
  result.http1_tls_kb = WeighStreams(gateway, http1(true), streams);
  return result;
}

}  // namespace usersync::tests
