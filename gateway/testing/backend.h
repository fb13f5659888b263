// A store's stand-in: serves grpc.testing.TestService in this process, and notes what it was told.
#pragma once

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/mutex.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/testing/test.grpc.pb.h"

namespace usersync::gateway {

class Backend final : public grpc::testing::TestService::Service {
 public:
  void Start() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.SetMaxReceiveMessageSize(-1);
    if (most_streams_ > 0) {
      builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, most_streams_);
    }
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

  // How many calls it takes over one connection. Before Start.
  void SetMostStreams(int most) { most_streams_ = most; }

  // What it says of its health.
  void SetServing(bool serving) { server_->GetHealthCheckService()->SetServingStatus(serving); }

  // The metadata of the last call.
  std::multimap<std::string, std::string> metadata() {
    MutexLock lock(mutex_);
    return metadata_;
  }

  // How many calls stay open now, and how many that did were cancelled.
  int open() {
    MutexLock lock(mutex_);
    return open_;
  }
  int cancelled() {
    MutexLock lock(mutex_);
    return cancelled_;
  }

  // Stops at once: whoever calls then finds nobody.
  void Stop() { server_->Shutdown(std::chrono::system_clock::now()); }

  // Answers with a payload of the size asked for, or with the status asked for and an ErrorInfo as
  // its details; a status of -1 as StreamingOutputCall does. Echoes the metadata x-echo-initial,
  // x-echo-trailing and x-echo-trailing-bin.
  grpc::Status UnaryCall(grpc::ServerContext* context, const grpc::testing::SimpleRequest* request,
                         grpc::testing::SimpleResponse* response) override {
    Note(*context);
    if (request->response_status().code() == kForEver) return AwaitCancel(*context);
    response->mutable_payload()->set_body(std::string(request->response_size(), 'x'));
    return StatusOf(request->response_status());
  }

  // Streams payloads of the sizes asked for; then, if a status of -1 is asked for, waits until the
  // call is cancelled.
  grpc::Status StreamingOutputCall(
      grpc::ServerContext* context, const grpc::testing::StreamingOutputCallRequest* request,
      grpc::ServerWriter<grpc::testing::StreamingOutputCallResponse>* writer) override {
    Note(*context);
    writer->SendInitialMetadata();
    for (const auto& parameters : request->response_parameters()) {
      grpc::testing::StreamingOutputCallResponse response;
      response.mutable_payload()->set_body(std::string(parameters.size(), 'x'));
      if (!writer->Write(response)) break;
      MutexLock lock(mutex_);
      ++written_;
    }
    if (request->response_status().code() == kForEver) return AwaitCancel(*context);
    return StatusOf(request->response_status());
  }

  // Answers each message with payloads of the sizes that it asks for, before it reads the next;
  // ends the call at a message that asks for a status.
  grpc::Status FullDuplexCall(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<grpc::testing::StreamingOutputCallResponse,
                               grpc::testing::StreamingOutputCallRequest>* stream) override {
    Note(*context);
    grpc::testing::StreamingOutputCallRequest request;
    while (stream->Read(&request)) {
      if (request.has_response_status()) return StatusOf(request.response_status());
      for (const auto& parameters : request.response_parameters()) {
        grpc::testing::StreamingOutputCallResponse response;
        response.mutable_payload()->set_body(std::string(parameters.size(), 'x'));
        stream->Write(response);
      }
    }
    return grpc::Status::OK;
  }

  // Answers with the size of all payloads together.
  grpc::Status StreamingInputCall(
      grpc::ServerContext* context,
      grpc::ServerReader<grpc::testing::StreamingInputCallRequest>* reader,
      grpc::testing::StreamingInputCallResponse* response) override {
    Note(*context);
    grpc::testing::StreamingInputCallRequest request;
    int size = 0;
    while (reader->Read(&request)) size += static_cast<int>(request.payload().body().size());
    response->set_aggregated_payload_size(size);
    return grpc::Status::OK;
  }

  // How long the last call may take, as its caller said.
  absl::Duration time_left() {
    MutexLock lock(mutex_);
    return time_left_;
  }

  // How many messages of streams were written.
  int written() {
    MutexLock lock(mutex_);
    return written_;
  }

  // Asked for as a status: the stream stays open.
  static constexpr int kForEver = -1;
  // Of every error.
  static constexpr char kReason[] = "ASKED_FOR";

 private:
  static grpc::Status StatusOf(const grpc::testing::EchoStatus& status) {
    if (status.code() == 0) return grpc::Status::OK;
    google::rpc::ErrorInfo info;
    info.set_reason(kReason);
    google::rpc::Status details;
    details.set_code(status.code());
    details.set_message(status.message());
    details.add_details()->PackFrom(info);
    return {static_cast<grpc::StatusCode>(status.code()), status.message(),
            details.SerializeAsString()};
  }

  grpc::Status AwaitCancel(grpc::ServerContext& context) {
    Count(1, 0);
    while (!context.IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
    Count(-1, 1);
    return grpc::Status::CANCELLED;
  }

  void Count(int opened, int cancelled) {
    MutexLock lock(mutex_);
    open_ += opened;
    cancelled_ += cancelled;
  }

  void Note(grpc::ServerContext& context) {
    MutexLock lock(mutex_);
    metadata_.clear();
    time_left_ = absl::FromChrono(context.deadline()) - absl::Now();
    for (const auto& [key, value] : context.client_metadata()) {
      const std::string name(key.data(), key.size());
      const std::string text(value.data(), value.size());
      metadata_.emplace(name, text);
      if (name == "x-echo-initial") context.AddInitialMetadata(name, text);
      if (name == "x-echo-trailing" || name == "x-echo-trailing-bin") {
        context.AddTrailingMetadata(name, text);
      }
    }
  }

  int most_streams_ = 0;
  int port_ = 0;
  Mutex mutex_;
  std::multimap<std::string, std::string> metadata_ GUARDED_BY(mutex_);
  absl::Duration time_left_ GUARDED_BY(mutex_);
  int open_ GUARDED_BY(mutex_) = 0;
  int cancelled_ GUARDED_BY(mutex_) = 0;
  int written_ GUARDED_BY(mutex_) = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace usersync::gateway
