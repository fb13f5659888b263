#include "gateway/http_connection.h"

#include <utility>

#include "absl/time/clock.h"

namespace usersync::gateway {
namespace {

using boost::system::error_code;

}  // namespace

HttpConnection::HttpConnection(ConnectionParts parts)
    : router_(parts.router),
      limits_(parts.limits),
      transport_(std::move(parts.transport)),
      closed_(std::move(parts.closed)) {}

void HttpConnection::Close() {
  if (std::exchange(is_closed_, true)) return;
  OnClose();
  transport_->Close();
  closed_();
}

bool HttpConnection::OnTick(absl::Time now) {
  if (is_closed_) return false;
  if (now >= stall_) {
    Close();
  } else {
    LookAtClock(now);
  }
  return !is_closed_;
}

void HttpConnection::ReadOn() {
  if (is_closed_ || std::exchange(is_reading_, true)) return;
  transport_->Read([self = shared_from_this()](const error_code& error, absl::string_view bytes) {
    self->is_reading_ = false;
    if (self->is_closed_) return;
    if (error) return self->Close();
    self->OnRead(bytes);
  });
}

void HttpConnection::Send(std::string bytes) {
  if (is_closed_) return;
  sending_ = std::move(bytes);
  sent_ = 0;
  SendOn();
}

void HttpConnection::SendOn() {
  stall_ = absl::Now() + limits_.stall;
  transport_->Write(boost::asio::buffer(sending_) + sent_,
                    [self = shared_from_this()](const error_code& error, size_t n) {
                      self->sent_ += n;
                      if (self->is_closed_) return;
                      if (error) return self->Close();
                      if (self->is_sending()) return self->SendOn();
                      // Assigning an empty string would keep the memory.
                      std::exchange(self->sending_, {});
                      self->sent_ = 0;
                      self->stall_ = absl::InfiniteFuture();
                      self->OnSent();
                    });
}

void HttpConnection::ShutdownSend() {
  transport_->ShutdownSend([self = shared_from_this()](const error_code&, size_t) {});
}

}  // namespace usersync::gateway
