// Whole requests of HTTP/1.1 to a gateway, and their answers.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/grpc_web_frame.h"
#include "gateway/testing/gateway_fixture.h"
#include "gateway/testing/raw_client.h"

namespace usersync::gateway {

inline constexpr char kUnary[] = "/grpc.testing.TestService/UnaryCall";
inline constexpr char kStream[] = "/grpc.testing.TestService/StreamingOutputCall";

// The end of the last frame's chunk, and the empty chunk.
inline constexpr char kEnd[] = "\r\n0\r\n\r\n";

inline std::string Framed(const std::string& message) {
  return FrameHead(0, message.size()) + message;
}

class WebFixture : public GatewayFixture {
 protected:
  static std::string Post(const std::string& path, const std::string& body,
                          const std::string& headers = "",
                          const std::string& type = "application/grpc-web+proto") {
    return absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: localhost\r\nContent-Type: ", type,
                        "\r\nContent-Length: ", body.size(), "\r\n", headers, "\r\n", body);
  }

  // Sends one request and returns the whole answer.
  std::string Exchange(std::string request) {
    request.insert(request.find("\r\n") + 2, "Connection: close\r\n");
    RawClient client(gateway_->http_port());
    client.Send(request);
    return client.ReadAll();
  }

  std::string Ask(const std::string& method, const std::string& path,
                  const std::string& headers = "") {
    return Exchange(
        absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: localhost\r\n", headers, "\r\n"));
  }

  std::string Get(const std::string& path, const std::string& headers = "") {
    return Ask("GET", path, headers);
  }

  std::string CallUnary(const grpc::testing::SimpleRequest& request,
                        const std::string& headers = "") {
    return Exchange(Post(kUnary, Framed(request.SerializeAsString()), headers));
  }
};

}  // namespace usersync::gateway
