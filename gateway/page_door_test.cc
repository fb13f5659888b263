#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "gateway/testing/web_fixture.h"

namespace usersync::gateway {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class PageDoorTest : public WebFixture {
 protected:
  Gateway::Options Options() override {
    std::ofstream(secrets_.path() + "/index.html") << "<html>";
    auto options = GatewayFixture::Options();
    options.page_dir = secrets_.path();
    return options;
  }
};

TEST_F(PageDoorTest, ServesThePageAndLetsItTalkOnlyToItsServices) {
  const std::string answer = Get("/");
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), EndsWith("\r\n\r\n<html>")));
  EXPECT_THAT(answer, HasSubstr("connect-src 'self' ws://nats.test http://127.0.0.1:0 ;"));
  EXPECT_THAT(answer, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(answer, HasSubstr("x-content-type-options: nosniff\r\n"));
}

TEST_F(PageDoorTest, SendsNothingThatTheBrowserHas) {
  const std::string answer = Ask("HEAD", "/");
  EXPECT_THAT(answer, AllOf(HasSubstr("content-length: 6\r\n"), EndsWith("\r\n\r\n")));
  const size_t begin = answer.find("etag: ") + 6;
  const std::string etag = answer.substr(begin, answer.find("\r\n", begin) - begin);
  EXPECT_THAT(
      Get("/index.html", absl::StrCat("If-None-Match: W/\"x\", ", etag, "\r\n")),
      AllOf(StartsWith("HTTP/1.1 304 "), EndsWith("\r\n\r\n"), Not(HasSubstr("content-length"))));
}

TEST_F(PageDoorTest, IsOnlyRead) {
  EXPECT_THAT(Ask("DELETE", "/"),
              AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("allow: GET, HEAD\r\n")));
  EXPECT_THAT(Get("/nothing.html"), StartsWith("HTTP/1.1 404 "));
}

TEST_F(PageDoorTest, TellsPagesWhereEverythingIs) {
  EXPECT_THAT(Get("/config.json", "Origin: http://page.test\r\n"),
              testing::AllOf(HasSubstr("access-control-allow-origin: http://page.test\r\n"),
                             HasSubstr("content-type: application/json\r\n"),
                             EndsWith("{\"natsWsUrl\":\"ws://nats.test\",\"gatewayUrl\":"
                                      "\"http://127.0.0.1:0\",\"gatewayTlsUrl\":\"\"}")));
  EXPECT_THAT(Exchange(Post("/config.json", "")),
              testing::AllOf(StartsWith("HTTP/1.1 405 "), HasSubstr("allow: GET, HEAD\r\n")));
}

}  // namespace
}  // namespace usersync::gateway
