#include "gateway/http_connection.h"

#include <utility>

#include "absl/time/clock.h"

namespace usersync::gateway {
namespace {

using boost::system::error_code;

// How much is read at once: memory that every idle connection holds. A client that fills it is read
// in larger pieces, until it says little again.
constexpr size_t kReadBytes = 1 << 10;
constexpr size_t kMostReadBytes = 16 << 10;
constexpr std::chrono::seconds kTick{1};

}  // namespace

HttpConnection::HttpConnection(ConnectionParts parts)
    : router_(parts.router),
      limits_(parts.limits),
      transport_(std::move(parts.transport)),
      closed_(std::move(parts.closed)),
      timer_(transport_->executor()),
      read_bytes_(kReadBytes) {}

void HttpConnection::Close() {
  if (std::exchange(is_closed_, true)) return;
  OnClose();
  timer_.cancel();
  transport_->Close();
  closed_();
}

void HttpConnection::Watch() {
  timer_.expires_after(kTick);
  timer_.async_wait([weak = weak_from_this()](const error_code& error) {
    const auto self = weak.lock();
    if (error || self == nullptr || self->is_closed_) return;
    const absl::Time now = absl::Now();
    if (now >= self->stall_) return self->Close();
    self->OnTick(now);
    if (!self->is_closed_) self->Watch();
  });
}

void HttpConnection::ReadOn() {
  if (is_closed_ || std::exchange(is_reading_, true)) return;
  if (buffer_.size() != read_bytes_) buffer_ = std::vector<char>(read_bytes_);
  transport_->Read(boost::asio::buffer(buffer_),
                   [self = shared_from_this()](const error_code& error, size_t n) {
                     self->is_reading_ = false;
                     if (self->is_closed_) return;
                     if (error) return self->Close();
                     if (n == self->buffer_.size()) self->read_bytes_ = kMostReadBytes;
                     if (n < kReadBytes) self->read_bytes_ = kReadBytes;
                     self->OnRead({self->buffer_.data(), n});
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
