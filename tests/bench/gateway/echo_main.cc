// usersync-bench-echo ADDRESS: answers GetUser with one message of 300 bytes and StreamHistory with
// a hundred, at once, until it is killed.
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server_builder.h>

#include <cstdio>
#include <string>

#include "tests/bench/bench_document.h"
#include "tests/bench/gateway/echo_store.h"
#include "users/v1/history_service.grpc.pb.h"
#include "users/v1/user_service.grpc.pb.h"

namespace usersync::tests {
namespace {

// Makes `message` as long as the documents that are measured by lengthening `text` in it.
template <typename Message>
void Fill(std::string* text, const Message& message) {
  while (message.ByteSizeLong() < kDocumentBytes) text->push_back('x');
}

class Users final : public users::v1::UserService::CallbackService {
 public:
  Users() { Fill(answer_.mutable_user()->mutable_email(), answer_); }

  grpc::ServerUnaryReactor* GetUser(grpc::CallbackServerContext* context,
                                    const users::v1::GetUserRequest*,
                                    users::v1::GetUserResponse* response) override {
    *response = answer_;
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

 private:
  users::v1::GetUserResponse answer_;
};

class Stream final : public grpc::ServerWriteReactor<users::v1::StreamHistoryResponse> {
 public:
  explicit Stream(const users::v1::StreamHistoryResponse& answer) : answer_(answer) { Write(); }

  void OnWriteDone(bool ok) override {
    if (!ok || left_ == 0) return Finish(grpc::Status::OK);
    Write();
  }
  void OnDone() override { delete this; }

 private:
  void Write() {
    --left_;
    StartWrite(&answer_);
  }

  const users::v1::StreamHistoryResponse& answer_;
  int left_ = kEchoMessages;
};

class History final : public users::v1::HistoryService::CallbackService {
 public:
  History() {
    auto* user = answer_.add_versions()->mutable_user();
    Fill(user->mutable_email(), answer_);
  }

  grpc::ServerWriteReactor<users::v1::StreamHistoryResponse>* StreamHistory(
      grpc::CallbackServerContext*, const users::v1::StreamHistoryRequest*) override {
    return new Stream(answer_);
  }

 private:
  users::v1::StreamHistoryResponse answer_;
};

int Serve(const std::string& address) {
  grpc::EnableDefaultHealthCheckService(true);
  Users users;
  History history;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(&users);
  builder.RegisterService(&history);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  server->Wait();
  return 0;
}

}  // namespace
}  // namespace usersync::tests

int main(int argc, char** argv) {
  if (argc == 2) return usersync::tests::Serve(argv[1]);
  std::fputs("usersync-bench-echo ADDRESS\n", stderr);
  return 2;
}
