#include <nghttp2/nghttp2.h>

#include <boost/asio/post.hpp>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/http1_head.h"
#include "gateway/http2_stream.h"
#include "gateway/http_connection.h"

namespace usersync::gateway {
namespace {

// How much is handed to the network at once; more waits in the streams.
constexpr size_t kSendBytes = 64 << 10;
constexpr uint32_t kMostStreams = 1000;
// A client that opens and resets streams faster than this is sent away: 1,000 at once, then so
// many a second.
constexpr uint64_t kResetBurst = 1000;
constexpr uint64_t kResetsASecond = 33;

class Http2Connection final : public HttpConnection, public Http2Stream::Carrier {
 public:
  explicit Http2Connection(ConnectionParts parts) : HttpConnection(std::move(parts)) {}

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
    OnRead(read_already);
  }

  void Drain() override {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                          nullptr, 0);
    is_draining_ = true;
    Flush();
  }

  void Stop() override {
    for (const auto& [id, stream] : streams_) stream->Stop();
  }

  // Carrier: a stream has something to say.
  nghttp2_session* session() override { return session_; }
  boost::asio::any_io_executor executor() override { return transport_executor(); }
  void FlushSoon() override {
    if (std::exchange(is_flush_posted_, true)) return;
    boost::asio::post(executor(), [this, self = shared_from_this()] {
      is_flush_posted_ = false;
      Flush();
    });
  }

 protected:
  void OnRead(absl::string_view bytes) override {
    const auto taken = nghttp2_session_mem_recv(
        session_, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    // What it has to say about the error is still sent by Flush.
    if (taken < 0) is_broken_ = true;
    Flush();
    if (!is_broken_) ReadOn();
  }

  void OnSent() override {
    std::vector<int32_t> ids;
    for (const auto& [id, stream] : streams_) ids.push_back(id);
    for (const int32_t id : ids) {
      const auto found = streams_.find(id);
      if (found != streams_.end()) found->second->Drained();
    }
    Flush();
  }

  void OnClose() override {
    for (auto& [id, stream] : std::exchange(streams_, {})) stream->Gone();
  }

  void LookAtClock(absl::Time now) override {
    if (streams_.empty() && now >= idle_since_ + limits_.idle) return Close();
    for (const auto& [id, stream] : streams_) {
      if (!stream->IsStalled(now)) continue;
      nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL);
      FlushSoon();
    }
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
        std::make_unique<Http2Stream>(*connection, frame->hd.stream_id, connection->limits_);
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

  void Flush() {
    if (is_sending() || is_closed()) return;
    std::string out;
    while (out.size() < kSendBytes) {
      const uint8_t* bytes = nullptr;
      const auto size = nghttp2_session_mem_send(session_, &bytes);
      if (size < 0) return Close();
      if (size == 0) break;
      out.append(reinterpret_cast<const char*>(bytes), size);
    }
    if (!out.empty()) return Send(std::move(out));
    const bool is_over = nghttp2_session_want_read(session_) == 0 || is_broken_ ||
                         (is_draining_ && streams_.empty());
    if (is_over) Close();
  }

  nghttp2_session* session_ = nullptr;
  std::map<int32_t, std::unique_ptr<Http2Stream>> streams_;
  absl::Time idle_since_;
  bool is_broken_ = false;
  bool is_draining_ = false;
  bool is_flush_posted_ = false;
};

}  // namespace

std::shared_ptr<Connection> MakeHttp2Connection(ConnectionParts parts) {
  return std::make_shared<Http2Connection>(std::move(parts));
}

}  // namespace usersync::gateway
