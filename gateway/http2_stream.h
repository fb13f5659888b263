// One stream of an HTTP/2 connection: a request and its answer.
#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <string>

#include "absl/time/clock.h"
#include "gateway/connection_limits.h"
#include "gateway/request_head.h"
#include "gateway/responder.h"
#include "gateway/router.h"

namespace usersync::gateway {

class Http2Stream final : public Responder {
 public:
  // The connection.
  class Carrier {
   public:
    virtual ~Carrier() = default;
    virtual nghttp2_session* session() = 0;
    virtual boost::asio::any_io_executor executor() = 0;
    // Sends what is queued, but not from inside this call.
    virtual void FlushSoon() = 0;
  };

  // Both must outlive it.
  Http2Stream(Carrier& carrier, int32_t id, const ConnectionLimits& limits)
      : carrier_(carrier), id_(id), limits_(limits), request_deadline_(absl::Now() + limits.body) {}

  // The request, as nghttp2 reads it. Returns false if its head is too large.
  bool AddField(absl::string_view name, absl::string_view value);
  void Route(Router& router);
  void TakeBody(absl::string_view bytes);
  void TakeBodyEnd();

  // The network took something.
  void Drained();
  // The server stops.
  void Stop();
  // The stream was closed, by whomever.
  void Gone();

  // Whether its request, or its reader, has taken too long.
  bool IsStalled(absl::Time now) const;

  // Responder.
  void Start(int status, const HttpHeaders& headers) override;
  void Write(std::string bytes) override;
  void End() override;
  void Abort() override;
  size_t pending() const override { return body_.size() - sent_; }
  boost::asio::any_io_executor executor() override { return carrier_.executor(); }

 private:
  static ssize_t ReadBody(nghttp2_session* session, int32_t id, uint8_t* into, size_t room,
                          uint32_t* flags, nghttp2_data_source* source, void* connection);
  ssize_t MoveBody(uint8_t* into, size_t room, uint32_t* flags);
  void Resume();

  Carrier& carrier_;
  const int32_t id_;
  const ConnectionLimits& limits_;
  // Until it is routed; the answer may take days.
  std::unique_ptr<RequestHead> head_ = std::make_unique<RequestHead>();
  size_t head_bytes_ = 0;
  bool is_head_only_ = false;
  std::shared_ptr<Handler> handler_;
  absl::Time request_deadline_;
  // When the reader must have taken something.
  absl::Time stall_ = absl::InfiniteFuture();

  // What was written; the first `sent_` bytes are on their way.
  std::string body_;
  size_t sent_ = 0;
  bool has_news_ = false;
  bool is_ended_ = false;
  bool is_deferred_ = false;
};

}  // namespace usersync::gateway
