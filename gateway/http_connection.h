// What both versions of HTTP share: the reads, the writes and the clock of one transport.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gateway/connection.h"
#include "gateway/ticker.h"

namespace usersync::gateway {

class HttpConnection : public Connection,
                       public Ticker::Listener,
                       public std::enable_shared_from_this<HttpConnection> {
 public:
  explicit HttpConnection(ConnectionParts parts);

  void Close() final;
  bool OnTick(absl::Time now) final;

 protected:
  // Bytes came.
  virtual void OnRead(absl::string_view bytes) = 0;
  // All that was sent is on its way.
  virtual void OnSent() = 0;
  // It is over: whoever waits for something must be told.
  virtual void OnClose() = 0;
  // Some time has passed: about a second.
  virtual void LookAtClock(absl::Time now) = 0;

  // Begins to look at the clock. A timer that is moved with every read would cost more.
  void Watch() { Ticker::Of(transport_executor()).Add(weak_from_this()); }
  // Keeps one read under way: only so is it known that the client has gone.
  void ReadOn();
  // Sends; only while nothing is being sent. A client that takes nothing for too long is left.
  void Send(std::string bytes);
  // Nothing more will be sent.
  void ShutdownSend();

  bool is_closed() const { return is_closed_; }
  bool is_sending() const { return sent_ < sending_.size(); }
  size_t unsent() const { return sending_.size() - sent_; }
  boost::asio::any_io_executor transport_executor() { return transport_->executor(); }

  Router& router_;
  const ConnectionLimits& limits_;

 private:
  void SendOn();

  const std::unique_ptr<Transport> transport_;
  const std::function<void()> closed_;
  bool is_closed_ = false;
  bool is_reading_ = false;
  std::string sending_;
  size_t sent_ = 0;
  absl::Time stall_ = absl::InfiniteFuture();
};

}  // namespace usersync::gateway
