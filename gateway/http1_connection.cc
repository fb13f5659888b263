#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/http1_head.h"
#include "gateway/http1_parser.h"
#include "gateway/http_connection.h"

namespace usersync::gateway {
namespace {

// How much of the next requests is taken while one is answered.
constexpr size_t kMostAhead = 4 << 10;

class Http1Connection final : public HttpConnection, public Responder {
 public:
  explicit Http1Connection(ConnectionParts parts) : HttpConnection(std::move(parts)) {}

  void Begin(std::string read_already) override {
    received_ = std::move(read_already);
    AwaitHead();
    Watch();
    Advance();
    Continue();
  }

  void Drain() override {
    keep_alive_ = false;
    if (state_ == State::kHead && received_.empty()) Close();
  }

  void Stop() override {
    if (handler_ != nullptr && !is_answered_) handler_->OnStop();
  }

  // Responder.
  void Start(int status, const HttpHeaders& headers) override {
    is_started_ = true;
    const auto reason =
        boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
    absl::StrAppend(&out_, "HTTP/1.1 ", status, " ", std::string(reason), "\r\n");
    for (const auto& [name, value] : headers) absl::StrAppend(&out_, name, ": ", value, "\r\n");
    absl::StrAppend(&out_, "date: ",
                    absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone()),
                    "\r\n");
    // A request that is answered before its end leaves bytes that nobody reads.
    if (state_ == State::kBody) keep_alive_ = false;
    const bool has_length = headers.Find("content-length") || HasNoBody(status);
    is_chunked_ = !has_length && is_http11_;
    if (!has_length && !is_http11_) keep_alive_ = false;
    if (is_chunked_) out_.append("transfer-encoding: chunked\r\n");
    if (!keep_alive_) out_.append("connection: close\r\n");
    out_.append("\r\n");
    FlushSoon();
  }

  void Write(std::string bytes) override {
    if (bytes.empty() || is_head_only_) return;
    if (is_chunked_) absl::StrAppend(&out_, absl::Hex(bytes.size()), "\r\n");
    out_.append(bytes);
    if (is_chunked_) out_.append("\r\n");
    FlushSoon();
  }

  void End() override {
    if (is_chunked_ && !is_head_only_) out_.append("0\r\n\r\n");
    is_answered_ = true;
    FlushSoon();
  }

  void Abort() override {
    boost::asio::post(executor(), [self = shared_from_this()] { self->Close(); });
  }
  size_t pending() const override { return out_.size() + unsent(); }
  boost::asio::any_io_executor executor() override { return transport_executor(); }

 protected:
  void OnRead(absl::string_view bytes) override {
    if (state_ != State::kLinger) {
      const bool is_new = state_ == State::kHead && received_.empty();
      received_.append(bytes.data(), bytes.size());
      if (is_new) AwaitHead();
      Advance();
    }
    Continue();
  }

  void OnSent() override {
    if (!out_.empty()) return Flush();
    if (is_answered_) return EndExchange();
    if (handler_ != nullptr) handler_->OnDrained();
  }

  void OnClose() override { DropHandler(); }

  void LookAtClock(absl::Time now) override {
    if (now >= deadline_) Close();
  }

 private:
  enum class State { kHead, kBody, kAnswer, kLinger };

  // Takes what was received as far as it goes.
  void Advance() {
    if (state_ == State::kHead) TakeHead();
    if (state_ == State::kBody) TakeBody();
  }

  void TakeHead() {
    const size_t end = received_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (received_.size() > kMostHeadBytes) {
        Refuse(431, "the headers are larger than 16 KiB");
      } else if (HasBareLineFeed(received_)) {
        Refuse(400, "a line ends without a carriage return");
      }
      return;
    }
    const absl::string_view head = absl::string_view(received_).substr(0, end + 4);
    if (head.size() > kMostHeadBytes) return Refuse(431, "the headers are larger than 16 KiB");
    if (auto status = CheckHttp1Head(head); !status.ok()) return Refuse(400, status.message());
    parser_ = std::make_unique<Http1Parser>();
    boost::beast::error_code error;
    const size_t taken = parser_->put(boost::asio::buffer(head.data(), head.size()), error);
    if ((error && error != boost::beast::http::error::need_more) || !parser_->is_header_done()) {
      return Refuse(400, "the head is malformed");
    }
    received_.erase(0, taken);
    BeginExchange();
  }

  void BeginExchange() {
    const RequestHead& head = parser_->head();
    is_http11_ = parser_->is_http11();
    keep_alive_ = keep_alive_ && parser_->keep_alive();
    is_head_only_ = head.method == "HEAD";
    is_started_ = is_answered_ = false;
    state_ = State::kBody;
    SetDeadline(limits_.body);
    if (absl::EqualsIgnoreCase(head.headers.Get("expect"), "100-continue")) {
      out_.append("HTTP/1.1 100 Continue\r\n\r\n");
      Flush();
    }
    handler_ = router_.Route(head, *this);
  }

  void TakeBody() {
    while (state_ == State::kBody && !is_answered_ && !parser_->is_done() && !received_.empty()) {
      boost::beast::error_code error;
      const size_t taken =
          parser_->put(boost::asio::buffer(received_.data(), received_.size()), error);
      received_.erase(0, taken);
      if (error && error != boost::beast::http::error::need_more) {
        return Refuse(400, "the body is malformed");
      }
      if (const std::string body = parser_->TakeBody(); !body.empty()) handler_->OnBody(body);
      if (taken > 0) continue;
      // What is left is the beginning of a chunk's head, or of trailers.
      if (received_.size() > kMostHeadBytes) {
        return Refuse(400, "what stands between the chunks is larger than 16 KiB");
      }
      if (HasBareLineFeed(received_)) return Refuse(400, "the body is malformed");
      break;
    }
    if (state_ != State::kBody || is_answered_ || !parser_->is_done()) return;
    state_ = State::kAnswer;
    deadline_ = absl::InfiniteFuture();
    ForgetRequest();
    handler_->OnBodyEnd();
  }

  // Nobody needs it any more while the answer goes on.
  void ForgetRequest() {
    parser_.reset();
    received_.shrink_to_fit();
  }

  // Answers what is no request; nobody knows where the next one begins.
  void Refuse(int status, absl::string_view why) {
    DropHandler();
    keep_alive_ = false;
    if (is_started_) return Close();
    state_ = State::kBody;
    is_http11_ = true;
    Respond(*this, status, {{"content-type", "text/plain; charset=utf-8"}},
            absl::StrCat(why, "\n"));
  }

  // Reads on, unless the client is far ahead of what it is answered.
  void Continue() {
    const bool is_waiting = state_ == State::kAnswer || (is_answered_ && state_ != State::kLinger);
    if (!is_waiting || received_.size() < kMostAhead) ReadOn();
  }

  // Head, message and end of a short answer are often written one after the other: they go out in
  // one piece.
  void FlushSoon() {
    if (std::exchange(is_flush_posted_, true)) return;
    boost::asio::post(executor(), [this, self = shared_from_this()] {
      is_flush_posted_ = false;
      Flush();
    });
  }

  void Flush() {
    if (is_closed()) return;
    if (!is_sending() && !out_.empty()) Send(std::exchange(out_, {}));
  }

  void EndExchange() {
    const bool is_whole = state_ == State::kAnswer;
    handler_.reset();
    if (!is_whole || !keep_alive_) {
      state_ = State::kLinger;
      SetDeadline(limits_.linger);
      ShutdownSend();
      return Continue();
    }
    state_ = State::kHead;
    is_started_ = is_answered_ = false;
    AwaitHead();
    Advance();
    Continue();
  }

  void AwaitHead() { SetDeadline(received_.empty() ? limits_.idle : limits_.head); }

  void DropHandler() {
    if (const auto handler = std::exchange(handler_, nullptr)) handler->OnGone();
  }

  void SetDeadline(absl::Duration time) { deadline_ = absl::Now() + time; }

  absl::Time deadline_ = absl::InfiniteFuture();

  State state_ = State::kHead;
  std::unique_ptr<Http1Parser> parser_;
  std::shared_ptr<Handler> handler_;
  bool keep_alive_ = true;
  bool is_http11_ = true;
  bool is_chunked_ = false;
  bool is_head_only_ = false;
  bool is_flush_posted_ = false;
  bool is_started_ = false;
  bool is_answered_ = false;

  std::string received_;
  std::string out_;
};

}  // namespace

std::shared_ptr<Connection> MakeHttp1Connection(ConnectionParts parts) {
  return std::make_shared<Http1Connection>(std::move(parts));
}

}  // namespace usersync::gateway
