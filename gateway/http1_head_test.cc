#include "gateway/http1_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace usersync::gateway {
namespace {

using testing::HasSubstr;

// A good head with more lines in it.
std::string With(absl::string_view lines) {
  return absl::StrCat("POST /users.v1.UserService/GetUser HTTP/1.1\r\nHost: localhost:8080\r\n",
                      lines, "\r\n");
}

TEST(Http1Head, OfAnOrdinaryRequestIsFine) {
  for (const char* lines : {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n",
                            "transfer-encoding: Chunked\r\n", "X-Empty:\r\n", "X-Tab: a\tb\r\n",
                            "X-Name: caf\xc3\xa9\r\n"}) {
    EXPECT_EQ(CheckHttp1Head(With(lines)), absl::OkStatus()) << lines;
  }
  EXPECT_EQ(CheckHttp1Head("GET / HTTP/1.0\r\n\r\n"), absl::OkStatus());
}

TEST(Http1Head, IsRefusedIfTwoServersCouldReadItDifferently) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "together"},
      {"Content-Length: 5\r\nContent-Length: 5\r\n", "only once"},
      {"Content-Length: 5, 5\r\n", "a number"},
      {"Content-Length: -1\r\n", "a number"},
      {"Content-Length: +5\r\n", "a number"},
      {"Content-Length: 0x5\r\n", "a number"},
      {"Content-Length: 99999999999999999999\r\n", "a number"},
      {"Content-Length:\r\n", "a number"},
      {"Transfer-Encoding: gzip, chunked\r\n", "must be chunked"},
      {"Transfer-Encoding: identity\r\n", "must be chunked"},
      {"Transfer-Encoding: xchunked\r\n", "must be chunked"},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "only once"},
      {"X-Fold: a\r\n b\r\n", "folded"},
      {" X-First: a\r\n", "folded"},
      {"X-Space : a\r\n", "name"},
      {"X Name: a\r\n", "name"},
      {": a\r\n", "name"},
      {"X-Bare: a\nContent-Length: 5\r\n", "control"},
      {"X-Return: a\rb\r\n", "control"},
      {std::string("X-Nul: a\0b\r\n", 12), "control"},
      {"NoColon\r\n", "colon"},
      {"Host: localhost\r\n", "host"},
      {"Upgrade: h2c\r\n", "upgrade"},
  };
  for (const auto& [lines, what] : cases) {
    const absl::Status status = CheckHttp1Head(With(lines));
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << lines;
    EXPECT_THAT(std::string(status.message()), HasSubstr(what)) << lines;
  }
}

TEST(Http1Head, IsRefusedWithAMalformedRequestLine) {
  for (const char* line :
       {"", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", "G@T / HTTP/1.1",
        "GET / HTTP/2.0", "GET / http/1.1", "GET http://localhost/ HTTP/1.1", "GET x HTTP/1.1",
        "OPTIONS * HTTP/1.1", "GET /a\\b HTTP/1.1", "GET /a#b HTTP/1.1", "GET /a\tb HTTP/1.1",
        "GET /\xc3\xa9 HTTP/1.1"}) {
    const std::string head = absl::StrCat(line, "\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(absl::IsInvalidArgument(CheckHttp1Head(head))) << line;
  }
}

TEST(Http1Head, NeedsAHostInHttp11AndKnowsNoChunksBefore) {
  EXPECT_FALSE(CheckHttp1Head("GET / HTTP/1.1\r\n\r\n").ok());
  EXPECT_FALSE(CheckHttp1Head("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n").ok());
}

}  // namespace
}  // namespace usersync::gateway
