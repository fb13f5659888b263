// A connection to something that serves gRPC, as cheap as it can be: what is measured is the
// server. Messages are bytes, and nothing is read but in Turn.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace usersync::tests {

// One call: a message there, any number back.
struct Call {
  // Such as /users.v1.UserService/GetUser.
  std::string path;
  std::string message;
  std::function<void()> on_message = [] {};
  // Whether it ended with the status OK.
  std::function<void(bool ok)> on_end;
};

class CallClient {
 public:
  virtual ~CallClient() = default;

  // Begins a call; from on_end of another one too. HTTP/1.1 carries one at a time.
  virtual void Begin(Call call) = 0;

  // Reads what has come and tells the calls. Throws if the connection is over.
  virtual void Turn() = 0;

  virtual int fd() const = 0;
};

// How a server on this machine is spoken to. All throw if it cannot be reached. Over TLS whatever
// certificate it shows is believed.
std::unique_ptr<CallClient> ConnectGrpc(int port);
std::unique_ptr<CallClient> ConnectGrpcWebHttp2(int port, bool with_tls = false);
std::unique_ptr<CallClient> ConnectGrpcWebHttp1(int port, bool with_tls = false);

}  // namespace usersync::tests
