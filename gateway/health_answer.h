// Answers /healthz with what the store says of itself: 200, or 503 and what is wrong.
#pragma once

#include <functional>
#include <memory>

#include "gateway/responder.h"
#include "gateway/store_call.h"

namespace usersync::gateway {

class HealthAnswer : public Handler,
                     public StoreCall::Listener,
                     public std::enable_shared_from_this<HealthAnswer> {
 public:
  // `finish_headers` adds to the answer's head what CORS says.
  HealthAnswer(ChannelPool& pool, std::function<void(HttpHeaders*)> finish_headers,
               Responder& responder)
      : pool_(pool), finish_headers_(std::move(finish_headers)), responder_(&responder) {}

  void OnBody(absl::string_view) override {}
  void OnBodyEnd() override;
  void OnGone() override;

  void OnHeaders(const Metadata&) override {}
  void OnMessage(std::string message) override { message_ = std::move(message); }
  void OnEnd(const grpc::Status& status, const Metadata& trailing) override;

 private:
  ChannelPool& pool_;
  const std::function<void(HttpHeaders*)> finish_headers_;
  Responder* responder_;
  std::string message_;
  std::shared_ptr<StoreCall> call_;
};

}  // namespace usersync::gateway
