#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "gateway/testing/tls_client.h"
#include "gateway/testing/web_fixture.h"

namespace usersync::gateway {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr char kHttp1[] = "\x08http/1.1";
constexpr char kGet[] = "GET /config.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

class TlsTest : public WebFixture {
 protected:
  Gateway::Options Options() override {
    WriteCertificate(certificate(), key(), "first");
    auto options = WebFixture::Options();
    options.https_port = 0;
    options.tls = {.certificate = certificate(), .key = key()};
    options.limits.linger = absl::Minutes(1);
    return options;
  }

  std::string certificate() const { return secrets_.path() + "/gateway.crt"; }
  std::string key() const { return secrets_.path() + "/gateway.key"; }
  int port() const { return gateway_->https_port(); }
};

TEST_F(TlsTest, SpeaksWhatIsAgreed) {
  TlsClient old(port(), {.protocols = kHttp1});
  EXPECT_EQ(old.protocol(), "http/1.1");
  old.Send(kGet);
  EXPECT_THAT(old.ReadAll(), testing::AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("}")));
  TlsClient silent(port());
  silent.Send(kGet);
  EXPECT_THAT(silent.ReadAll(), StartsWith("HTTP/1.1 200 OK\r\n"));
  TlsClient both(port(), {.protocols = absl::StrCat(kHttp1, "\x02h2")});
  EXPECT_EQ(both.protocol(), "h2");
  // The preface and empty settings are answered with settings.
  both.Send(absl::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33));
  EXPECT_EQ(both.ReadBytes(9)[3], '\4');
}

TEST_F(TlsTest, RefusesWhatItDoesNotSpeak) {
  EXPECT_TRUE(TlsClient(port(), {.protocols = "\x06spdy/1"}).error());
  EXPECT_TRUE(TlsClient(port(), {.newest_version = TLS1_1_VERSION}).error());
  EXPECT_FALSE(TlsClient(port(), {.newest_version = TLS1_2_VERSION}).error());
  RawClient plain(port());
  plain.Send(kGet);
  EXPECT_THAT(plain.ReadAll(), testing::Not(HasSubstr("HTTP/1.1")));
}

TEST_F(TlsTest, ShowsANewCertificateToNewConnectionsAndKeepsTheOldIfItCannotBeUsed) {
  EXPECT_EQ(TlsClient(port()).name(), "first");
  std::ofstream(certificate()) << "nonsense";
  EXPECT_EQ(TlsClient(port()).name(), "first");
  // A key that belongs to another certificate.
  WriteCertificate(certificate(), secrets_.path() + "/other.key", "second");
  EXPECT_EQ(TlsClient(port()).name(), "first");
  WriteCertificate(certificate(), key(), "third");
  EXPECT_EQ(TlsClient(port()).name(), "third");
}

class ImpatientTlsTest : public TlsTest {
 protected:
  Gateway::Options Options() override {
    auto options = TlsTest::Options();
    options.limits.greeting = absl::Milliseconds(500);
    return options;
  }
};

TEST_F(ImpatientTlsTest, LeavesAClientThatDoesNotShakeHands) {
  RawClient silent(port());
  EXPECT_EQ(silent.ReadAll(), "");
  RawClient hesitant(port());
  hesitant.Send("\x16\x03\x01");
  EXPECT_EQ(hesitant.ReadAll(), "");
}

TEST_F(TlsTest, EndsWithAWordSoThatNothingLooksCutOff) {
  TlsClient client(port());
  client.Send(kGet);
  client.ReadUntil("}");
  boost::system::error_code end;
  client.ReadAll(&end);
  EXPECT_EQ(end, boost::asio::error::eof);
}

// Closing at once would take the answer away from under a client that still sends.
TEST_F(TlsTest, ReadsOnForAWhileAfterAnAnswerBeforeTheRequestsEnd) {
  TlsClient client(port());
  client.Send(absl::StrCat("POST ", kUnary, " HTTP/1.1\r\nHost: localhost\r\nContent-Type: ",
                           "application/grpc-web\r\nContent-Length: 100000005\r\n\r\n",
                           FrameHead(0, 100000000)));
  EXPECT_THAT(client.ReadAll(), HasSubstr("grpc-status:8\r\n"));
  // What is sent first may still find an open connection, and be what closes it.
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(client.TrySend(std::string(1000, 'x'))) << i;
    absl::SleepFor(absl::Milliseconds(20));
  }
}

TEST_F(TlsTest, TakesARequestOfManyRecords) {
  grpc::testing::SimpleRequest request;
  request.mutable_payload()->set_body(std::string(3 << 20, 'x'));
  request.set_response_size(3 << 20);
  TlsClient client(port());
  client.Send(Post(kUnary, Framed(request.SerializeAsString())));
  const std::string answer = client.ReadUntil(kEnd);
  EXPECT_GT(answer.size(), 3u << 20);
  EXPECT_THAT(answer.substr(answer.size() - 22), EndsWith(absl::StrCat("grpc-status:0\r\n", kEnd)));
}

TEST_F(TlsTest, ReadsNoFurtherThanItsReader) {
  grpc::testing::StreamingOutputCallRequest request;
  constexpr int kMessages = 400;
  for (int i = 0; i < kMessages; ++i) request.add_response_parameters()->set_size(100000);
  TlsClient client(port());
  client.Send(Post(kStream, Framed(request.SerializeAsString()), "Connection: close\r\n"));
  client.ReadUntil("x");
  EXPECT_LT(WrittenWhenItStands(), kMessages / 2);
  boost::system::error_code end;
  const std::string rest = client.ReadAll(&end);
  EXPECT_GT(rest.size(), 39900000u);
  EXPECT_THAT(rest.substr(rest.size() - 22), EndsWith(absl::StrCat("grpc-status:0\r\n", kEnd)));
  EXPECT_EQ(end, boost::asio::error::eof);
}

TEST_F(TlsTest, CancelsTheStoresStreamWhenTheClientGoes) {
  grpc::testing::StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(1);
  request.mutable_response_status()->set_code(Backend::kForEver);
  TlsClient client(port());
  client.Send(Post(kStream, Framed(request.SerializeAsString())));
  client.ReadUntil("x");
  client.Close();
  EXPECT_TRUE(Eventually([&] { return backend_.cancelled() == 1; }));
}

TEST_F(TlsTest, StartsWithNoCertificateThatCannotBeUsed) {
  auto options = Options();
  options.tls.key = "/nowhere";
  const auto gateway = Gateway::Start(options);
  EXPECT_EQ(gateway.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(gateway.status().message(), HasSubstr("cannot use /nowhere"));
}

}  // namespace
}  // namespace usersync::gateway
