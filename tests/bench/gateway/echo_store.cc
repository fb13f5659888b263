#include "tests/bench/gateway/echo_store.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/free_port.h"
#include "tests/harness/programs.h"
#include "users/v1/user_service.grpc.pb.h"

namespace usersync::tests {

EchoStore::EchoStore() : port_(FreePort()) {}

std::string EchoStore::address() const { return absl::StrCat("127.0.0.1:", port_); }

Process::Options EchoStore::Command() const {
  return {.name = "echo", .argv = {ProgramPath("usersync-bench-echo"), address()}};
}

bool EchoStore::Answers() {
  const auto channel = grpc::CreateChannel(address(), grpc::InsecureChannelCredentials());
  grpc::ClientContext context;
  users::v1::GetUserResponse response;
  return users::v1::UserService::NewStub(channel)->GetUser(&context, {}, &response).ok();
}

}  // namespace usersync::tests
