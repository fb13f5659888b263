// gRPC, and gRPC-Web over HTTP/2: any number of calls at once.
#include <nghttp2/nghttp2.h>

#include <cstring>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/bench/gateway/call_client.h"
#include "tests/bench/gateway/client_socket.h"
#include "tests/bench/gateway/message_frames.h"

namespace usersync::tests {
namespace {

// The client never makes the server wait for room.
constexpr int32_t kWindow = 1 << 28;

struct Stream {
  Call call;
  std::string request;
  size_t sent = 0;
  MessageFrames frames;
  bool ended_well = false;
};

nghttp2_nv Field(absl::string_view name, absl::string_view value) {
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

class Http2Client final : public CallClient {
 public:
  Http2Client(int port, absl::string_view content_type, bool with_tls)
      : socket_(port, with_tls ? "h2" : ""),
        host_(absl::StrCat("127.0.0.1:", port)),
        content_type_(content_type) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, OnHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnClose);
    nghttp2_session_client_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry window = {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindow};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, &window, 1);
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kWindow);
    Flush();
  }

  ~Http2Client() override { nghttp2_session_del(session_); }

  void Begin(Call call) override {
    auto stream = std::make_unique<Stream>();
    stream->request = FrameOf(call.message);
    stream->call = std::move(call);
    const nghttp2_nv fields[] = {Field(":method", "POST"),
                                 Field(":scheme", "http"),
                                 Field(":path", stream->call.path),
                                 Field(":authority", host_),
                                 Field("content-type", content_type_),
                                 Field("te", "trailers")};
    nghttp2_data_provider body{};
    body.source.ptr = stream.get();
    body.read_callback = ReadRequest;
    const int32_t id =
        nghttp2_submit_request(session_, nullptr, fields, std::size(fields), &body, stream.get());
    streams_[id] = std::move(stream);
    if (!is_turning_) Flush();
  }

  void Turn() override {
    is_turning_ = true;
    for (auto bytes = socket_.Receive(); !bytes.empty(); bytes = socket_.Receive()) {
      const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
      if (nghttp2_session_mem_recv(session_, data, bytes.size()) < 0) {
        throw std::runtime_error("the server speaks no HTTP/2");
      }
    }
    for (const auto& [call, ok] : std::exchange(ended_, {})) call.on_end(ok);
    is_turning_ = false;
    Flush();
  }

  int fd() const override { return socket_.fd(); }

 private:
  static Stream* StreamOf(nghttp2_session* session, int32_t id) {
    return static_cast<Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static ssize_t ReadRequest(nghttp2_session*, int32_t, uint8_t* into, size_t room, uint32_t* flags,
                             nghttp2_data_source* source, void*) {
    auto* stream = static_cast<Stream*>(source->ptr);
    const size_t count = std::min(room, stream->request.size() - stream->sent);
    std::memcpy(into, stream->request.data() + stream->sent, count);
    stream->sent += count;
    if (stream->sent == stream->request.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(count);
  }

  // Native gRPC says in the trailers how the call ended.
  static int OnHeader(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                      size_t name_size, const uint8_t* value, size_t value_size, uint8_t, void*) {
    const absl::string_view key(reinterpret_cast<const char*>(name), name_size);
    const absl::string_view text(reinterpret_cast<const char*>(value), value_size);
    Stream* stream = StreamOf(session, frame->hd.stream_id);
    if (stream != nullptr && key == "grpc-status") stream->ended_well = text == "0";
    return 0;
  }

  static int OnData(nghttp2_session* session, uint8_t, int32_t id, const uint8_t* bytes,
                    size_t size, void*) {
    Stream* stream = StreamOf(session, id);
    if (stream == nullptr) return 0;
    stream->frames.Take({reinterpret_cast<const char*>(bytes), size}, stream->call.on_message);
    return 0;
  }

  // Told later: nghttp2 must not be called from inside its callbacks.
  static int OnClose(nghttp2_session*, int32_t id, uint32_t, void* self) {
    auto* client = static_cast<Http2Client*>(self);
    const auto found = client->streams_.find(id);
    if (found == client->streams_.end()) return 0;
    const Stream& stream = *found->second;
    client->ended_.emplace_back(stream.call, stream.ended_well || stream.frames.ended_well());
    client->streams_.erase(found);
    return 0;
  }

  void Flush() {
    std::string out;
    const uint8_t* bytes = nullptr;
    while (true) {
      const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
      if (size <= 0) break;
      out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
    }
    socket_.Send(out);
  }

  ClientSocket socket_;
  const std::string host_;
  const std::string content_type_;
  nghttp2_session* session_ = nullptr;
  std::map<int32_t, std::unique_ptr<Stream>> streams_;
  std::vector<std::pair<Call, bool>> ended_;
  bool is_turning_ = false;
};

}  // namespace

std::unique_ptr<CallClient> ConnectGrpc(int port) {
  return std::make_unique<Http2Client>(port, "application/grpc", false);
}

std::unique_ptr<CallClient> ConnectGrpcWebHttp2(int port, bool with_tls) {
  return std::make_unique<Http2Client>(port, "application/grpc-web+proto", with_tls);
}

}  // namespace usersync::tests
