// One call of a store for a client that speaks plain HTTP: the whole body makes the request's
// message, and each message of the answer text. Knows no message type.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/quota.h"
#include "gateway/call_clock.h"
#include "gateway/responder.h"
#include "gateway/store_call.h"

namespace usersync::gateway {

class RestCall : public Handler,
                 public StoreCall::Listener,
                 public std::enable_shared_from_this<RestCall> {
 public:
  // What is asked for; made by the door.
  struct Plan {
    // Such as /users.v1.UserService/GetUser.
    std::string method;
    Metadata metadata;
    std::string request_id;
    // Held until the call has ended.
    std::shared_ptr<const Quota::Slot> slot;
    std::optional<absl::Duration> timeout;
    // When the caller's identity ends, and the call with it.
    absl::Time expires = absl::InfiniteFuture();
    // Makes the request's message of the body.
    std::function<absl::StatusOr<std::string>(const std::string& body)> make_request;
    // Makes text of a message of the answer.
    std::function<absl::StatusOr<std::string>(const std::string& message)> make_text;
    // Of an answer that is no error. With `is_stream` the answer begins before its first message,
    // and `make_error_text` makes the last text of what fails after that.
    HttpHeaders headers;
    bool is_stream = false;
    std::function<std::string(const absl::Status& error)> make_error_text;
    // HEAD, for which connections send no body: a stream is not begun.
    bool is_head_only = false;
    // Added to the answer's head: what CORS says, once its own fields are known.
    std::function<void(HttpHeaders*)> finish_headers;
    // The largest body that is taken.
    size_t most_body_bytes = 1 << 20;
  };

  RestCall(ChannelPool& pool, Plan plan, Responder& responder)
      : pool_(pool), plan_(std::move(plan)), responder_(&responder) {}

  void OnBody(absl::string_view bytes) override;
  void OnBodyEnd() override;
  void OnDrained() override;
  void OnStop() override;
  void OnGone() override;

  void OnHeaders(const Metadata& headers) override;
  void OnMessage(std::string message) override;
  void OnEnd(const grpc::Status& status, const Metadata& trailing) override;

 private:
  void GiveUp(const absl::Status& status);
  void StartStream();
  void Finish(const absl::Status& status);
  void RespondWith(int http_status, HttpHeaders headers, const std::string& body);
  void Refuse(int http_status, const absl::Status& error);

  ChannelPool& pool_;
  Plan plan_;
  Responder* responder_;
  CallClock clock_;
  std::string body_;
  std::shared_ptr<StoreCall> call_;
  // Of an answer that is no stream.
  std::string text_;
  bool is_streaming_ = false;
};

}  // namespace usersync::gateway
