// An answer that does not depend on the request's body.
#pragma once

#include <string>
#include <utility>

#include "gateway/responder.h"

namespace usersync::gateway {

// Answers once the request has ended.
class PlainAnswer final : public Handler {
 public:
  PlainAnswer(int status, HttpHeaders headers, std::string body, Responder& responder)
      : status_(status),
        headers_(std::move(headers)),
        body_(std::move(body)),
        responder_(&responder) {}

  void OnBody(absl::string_view) override {}
  void OnBodyEnd() override {
    if (responder_ == nullptr) return;
    Respond(*std::exchange(responder_, nullptr), status_, std::move(headers_), body_);
  }
  void OnGone() override { responder_ = nullptr; }

 private:
  const int status_;
  HttpHeaders headers_;
  const std::string body_;
  Responder* responder_;
};

}  // namespace usersync::gateway
