// gRPC-Web over HTTP/1.1: one call at a time.
#include <charconv>
#include <stdexcept>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/bench/gateway/call_client.h"
#include "tests/bench/gateway/client_socket.h"
#include "tests/bench/gateway/message_frames.h"

namespace usersync::tests {
namespace {

class Http1Client final : public CallClient {
 public:
  Http1Client(int port, bool with_tls)
      : socket_(port, with_tls ? "http/1.1" : ""), host_(absl::StrCat("127.0.0.1:", port)) {}

  void Begin(Call call) override {
    const std::string frame = FrameOf(call.message);
    socket_.Send(absl::StrCat("POST ", call.path, " HTTP/1.1\r\nhost: ", host_,
                              "\r\ncontent-type: application/grpc-web+proto\r\ncontent-length: ",
                              frame.size(), "\r\n\r\n", frame));
    call_ = std::move(call);
    frames_ = {};
    is_head_ = true;
  }

  void Turn() override {
    const absl::string_view bytes = socket_.Receive();
    received_.append(bytes.data(), bytes.size());
    size_t taken = 0;
    while (TakePart(&taken)) {
    }
    received_.erase(0, taken);
    if (std::exchange(is_over_, false)) std::exchange(call_, {}).on_end(frames_.ended_well());
  }

  int fd() const override { return socket_.fd(); }

 private:
  // Takes the head or a chunk from `*taken` on; returns false if no whole one is there.
  bool TakePart(size_t* taken) {
    const absl::string_view rest = absl::string_view(received_).substr(*taken);
    const size_t line = rest.find(is_head_ ? "\r\n\r\n" : "\r\n");
    if (line == absl::string_view::npos || is_over_) return false;
    if (is_head_) {
      if (!absl::StartsWith(rest, "HTTP/1.1 200 "))
        throw std::runtime_error("an answer is not 200");
      is_head_ = false;
      *taken += line + 4;
      return true;
    }
    size_t size = 0;
    std::from_chars(rest.data(), rest.data() + line, size, 16);
    const size_t end = line + 2 + size + 2;
    if (rest.size() < end) return false;
    if (size > 0) {
      frames_.Take(rest.substr(line + 2, size), call_.on_message);
    } else {
      is_over_ = true;
    }
    *taken += end;
    return true;
  }

  ClientSocket socket_;
  const std::string host_;
  Call call_;
  MessageFrames frames_;
  std::string received_;
  bool is_head_ = false;
  bool is_over_ = false;
};

}  // namespace

std::unique_ptr<CallClient> ConnectGrpcWebHttp1(int port, bool with_tls) {
  return std::make_unique<Http1Client>(port, with_tls);
}

}  // namespace usersync::tests
