// One gRPC-Web call: reads the request's frames, calls the store, frames the answer. Knows no
// message type. Every outcome is HTTP 200 with the status in the last frame of the body, where
// every client finds it, whatever CORS lets it see.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "gateway/base64_reader.h"
#include "gateway/call_clock.h"
#include "gateway/grpc_web_frame.h"
#include "gateway/grpc_web_type.h"
#include "gateway/identity.h"
#include "gateway/request_head.h"
#include "gateway/responder.h"
#include "gateway/store_call.h"

namespace usersync::gateway {

class GrpcWebCall : public Handler,
                    public StoreCall::Listener,
                    public std::enable_shared_from_this<GrpcWebCall> {
 public:
  struct Options {
    // The largest message, decompressed.
    size_t most_message_bytes = 4 << 20;
  };

  // What the call needs to know of its request; made by the router.
  struct Plan {
    std::string method;
    GrpcWebEncoding request_encoding = GrpcWebEncoding::kBinary;
    GrpcWebEncoding response_encoding = GrpcWebEncoding::kBinary;
    // grpc-encoding of the request.
    std::string compression;
    Metadata metadata;
    std::string request_id;
    // Held until the call has ended.
    std::shared_ptr<const Quota::Slot> slot;
    std::optional<absl::Duration> timeout;
    // When the caller's identity ends, and the call with it.
    absl::Time expires = absl::InfiniteFuture();
    // Added to the answer's head: what CORS says, once its own fields are known.
    std::function<void(HttpHeaders*)> finish_headers;
    // Not OK: the call is answered so, without being made.
    absl::Status refusal;
    // Whether the refusal must not wait for the end of the request: the client does not end it
    // before it is answered.
    bool is_dialogue = false;
  };

  GrpcWebCall(const Options& options, ChannelPool& pool, Plan plan, Responder& responder);

  void OnBody(absl::string_view bytes) override;
  void OnBodyEnd() override;
  void OnDrained() override;
  void OnStop() override;
  void OnGone() override;

  void OnHeaders(const Metadata& headers) override;
  void OnMessage(std::string message) override;
  void OnEnd(const grpc::Status& status, const Metadata& trailing) override;

 private:
  absl::Status TakeBody(absl::string_view bytes);
  absl::Status TakeFrame(GrpcWebFrame frame);
  void Start();
  void GiveUp(const grpc::Status& status);
  void StartAnswer(const Metadata& headers);
  void Finish(const grpc::Status& status, const Metadata& trailing = {});
  void WriteFrame(std::string frame);

  const Options options_;
  ChannelPool& pool_;
  Plan plan_;
  Responder* responder_;
  Base64Reader text_;
  GrpcWebFrameReader frames_;
  std::optional<std::string> message_;
  std::shared_ptr<StoreCall> call_;
  CallClock clock_;
  bool has_answer_ = false;
};

}  // namespace usersync::gateway
