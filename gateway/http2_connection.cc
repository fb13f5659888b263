#include <nghttp2/nghttp2.h>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/connection.h"
#include "gateway/http1_head.h"
#include "gateway/http2_stream.h"

namespace usersync::gateway {
namespace {

constexpr size_t kReadBytes = 4 << 10;
// How much is handed to the network at once; more waits in the streams.
constexpr size_t kWriteBytes = 64 << 10;
constexpr uint32_t kMostStreams = 1000;
// A client that opens and resets streams faster than this is sent away: 1,000 at once, then so
// many a second.
constexpr uint64_t kResetBurst = 1000;
constexpr uint64_t kResetsASecond = 33;
// How long a connection without streams may stay, how long a stalled one may.
constexpr absl::Duration kIdle = absl::Minutes(5);
constexpr absl::Duration kStall = absl::Seconds(60);
// How long the body of a request may take.
constexpr absl::Duration kBodyTime = absl::Minutes(2);

class Http2Connection final : public Connection,
                              public Http2Stream::Carrier,
                              public std::enable_shared_from_this<Http2Connection> {
 public:
  Http2Connection(std::unique_ptr<Transport> transport, Router& router,
                  std::function<void()> closed)
      : transport_(std::move(transport)),
        router_(router),
        closed_(std::move(closed)),
        timer_(transport_->executor()) {}

  ~Http2Connection() override { nghttp2_session_del(session_); }

  void Begin(std::string read_already) override {
    MakeSession();
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kMostStreams},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMostHeadBytes},
        {NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 0}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
    idle_since_ = absl::Now();
    Watch();
    if (!read_already.empty() && !Receive(read_already)) return;
    Flush();
    ReadOn();
  }

  void Drain() override {
    if (is_closed_) return;
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                          nullptr, 0);
    is_draining_ = true;
    Flush();
  }

  void Close() override {
    if (is_closed_) return;
    is_closed_ = true;
    for (auto& [id, stream] : std::exchange(streams_, {})) stream->Gone();
    timer_.cancel();
    transport_->Close();
    closed_();
  }

  // Carrier: a stream has something to say.
  nghttp2_session* session() override { return session_; }
  boost::asio::any_io_executor executor() override { return transport_->executor(); }
  void FlushSoon() override {
    if (std::exchange(is_flush_posted_, true)) return;
    boost::asio::post(executor(), [self = shared_from_this()] {
      self->is_flush_posted_ = false;
      self->Flush();
    });
  }

 private:
  using Self = Http2Connection;

  void MakeSession() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, OnBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnFrame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnStreamClose);
    nghttp2_option* options = nullptr;
    nghttp2_option_new(&options);
    nghttp2_option_set_stream_reset_rate_limit(options, kResetBurst, kResetsASecond);
    nghttp2_session_server_new2(&session_, callbacks, this, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
  }

  static Http2Stream* StreamOf(nghttp2_session* session, int32_t id) {
    return static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static bool IsRequest(const nghttp2_frame* frame) {
    return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
  }

  static int OnBeginHeaders(nghttp2_session* session, const nghttp2_frame* frame, void* self) {
    if (!IsRequest(frame)) return 0;
    auto* connection = static_cast<Self*>(self);
    auto stream =
        std::make_unique<Http2Stream>(*connection, frame->hd.stream_id, absl::Now() + kBodyTime);
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, stream.get());
    connection->streams_[frame->hd.stream_id] = std::move(stream);
    return 0;
  }

  static int OnHeader(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t, void*) {
    Http2Stream* stream = StreamOf(session, frame->hd.stream_id);
    // Trailers of a request mean nothing here.
    if (stream == nullptr || !IsRequest(frame)) return 0;
    const bool fits = stream->AddField({reinterpret_cast<const char*>(name), name_size},
                                       {reinterpret_cast<const char*>(value), value_size});
    return fits ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  static int OnFrame(nghttp2_session* session, const nghttp2_frame* frame, void* self) {
    Http2Stream* stream = StreamOf(session, frame->hd.stream_id);
    if (stream == nullptr) return 0;
    if (IsRequest(frame)) stream->Route(static_cast<Self*>(self)->router_);
    const bool may_end = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (may_end && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) stream->TakeBodyEnd();
    return 0;
  }

  static int OnData(nghttp2_session* session, uint8_t, int32_t id, const uint8_t* bytes,
                    size_t size, void*) {
    Http2Stream* stream = StreamOf(session, id);
    if (stream != nullptr) stream->TakeBody({reinterpret_cast<const char*>(bytes), size});
    return 0;
  }

  static int OnStreamClose(nghttp2_session*, int32_t id, uint32_t, void* self) {
    auto* connection = static_cast<Self*>(self);
    const auto found = connection->streams_.find(id);
    if (found == connection->streams_.end()) return 0;
    const auto stream = std::move(found->second);
    connection->streams_.erase(found);
    connection->idle_since_ = absl::Now();
    stream->Gone();
    return 0;
  }

  // Returns false if the connection is over.
  bool Receive(absl::string_view bytes) {
    const auto taken = nghttp2_session_mem_recv(
        session_, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    // What it has to say about the error is still sent by Flush.
    if (taken < 0) is_broken_ = true;
    return !is_closed_;
  }

  void ReadOn() {
    if (is_reading_ || is_closed_ || is_broken_) return;
    is_reading_ = true;
    buffer_.resize(kReadBytes);
    transport_->Read(boost::asio::buffer(buffer_),
                     [self = shared_from_this()](const boost::system::error_code& error,
                                                 size_t bytes) { self->OnRead(error, bytes); });
  }

  void OnRead(const boost::system::error_code& error, size_t bytes) {
    is_reading_ = false;
    if (is_closed_) return;
    if (error || !Receive(absl::string_view(buffer_).substr(0, bytes))) return Close();
    Flush();
    ReadOn();
  }

  void Flush() {
    if (is_writing_ || is_closed_) return;
    while (writing_.size() < kWriteBytes) {
      const uint8_t* bytes = nullptr;
      const auto size = nghttp2_session_mem_send(session_, &bytes);
      if (size < 0) return Close();
      if (size == 0) break;
      writing_.append(reinterpret_cast<const char*>(bytes), size);
    }
    if (!writing_.empty()) {
      is_writing_ = true;
      stall_ = absl::Now() + kStall;
      return transport_->Write(boost::asio::buffer(writing_),
                               [self = shared_from_this()](const boost::system::error_code& error,
                                                           size_t) { self->OnWritten(error); });
    }
    const bool is_over = nghttp2_session_want_read(session_) == 0 || is_broken_ ||
                         (is_draining_ && streams_.empty());
    if (is_over) Close();
  }

  void OnWritten(const boost::system::error_code& error) {
    is_writing_ = false;
    writing_.clear();
    stall_ = absl::InfiniteFuture();
    if (is_closed_) return;
    if (error) return Close();
    std::vector<int32_t> ids;
    for (const auto& [id, stream] : streams_) ids.push_back(id);
    for (const int32_t id : ids) {
      const auto found = streams_.find(id);
      if (found != streams_.end()) found->second->Drained();
    }
    Flush();
  }

  void Watch() {
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (error || self == nullptr || self->is_closed_) return;
      self->LookAfter();
      self->Watch();
    });
  }

  void LookAfter() {
    const absl::Time now = absl::Now();
    if (now >= stall_ || (streams_.empty() && now >= idle_since_ + kIdle)) return Close();
    for (const auto& [id, stream] : streams_) {
      if (!stream->IsStalled(now)) continue;
      nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
      FlushSoon();
    }
  }

  const std::unique_ptr<Transport> transport_;
  Router& router_;
  const std::function<void()> closed_;
  boost::asio::steady_timer timer_;
  nghttp2_session* session_ = nullptr;
  std::map<int32_t, std::unique_ptr<Http2Stream>> streams_;
  absl::Time idle_since_;
  absl::Time stall_ = absl::InfiniteFuture();
  bool is_closed_ = false;
  bool is_broken_ = false;
  bool is_draining_ = false;
  bool is_flush_posted_ = false;

  std::string buffer_;
  bool is_reading_ = false;
  std::string writing_;
  bool is_writing_ = false;
};

}  // namespace

std::shared_ptr<Connection> MakeHttp2Connection(std::unique_ptr<Transport> transport,
                                                Router& router, std::function<void()> closed) {
  return std::make_shared<Http2Connection>(std::move(transport), router, std::move(closed));
}

}  // namespace usersync::gateway
