#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/status.hpp>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gateway/connection.h"
#include "gateway/http1_head.h"
#include "gateway/http1_parser.h"

namespace usersync::gateway {
namespace {

// How much is read at once.
constexpr size_t kReadBytes = 4 << 10;
// How long a connection may be idle, a head and a body may take to arrive, and a client may take
// nothing of what is written.
constexpr absl::Duration kIdle = absl::Seconds(75);
constexpr absl::Duration kHeadTime = absl::Seconds(10);
constexpr absl::Duration kBodyTime = absl::Minutes(2);
constexpr absl::Duration kStall = absl::Seconds(60);
// How long, and how much, is still read of a request that was answered before its end: closing at
// once would take the answer away from under the client.
constexpr absl::Duration kLinger = absl::Seconds(2);

class Http1Connection final : public Connection,
                              public Responder,
                              public std::enable_shared_from_this<Http1Connection> {
 public:
  Http1Connection(std::unique_ptr<Transport> transport, Router& router,
                  std::function<void()> closed)
      : transport_(std::move(transport)),
        router_(router),
        closed_(std::move(closed)),
        timer_(transport_->executor()) {}

  void Begin(std::string read_already) override {
    received_ = std::move(read_already);
    SetDeadline(received_.empty() ? kIdle : kHeadTime);
    Watch();
    Advance();
    ReadOn();
  }

  void Drain() override {
    keep_alive_ = false;
    if (state_ == State::kHead && received_.empty()) Close();
  }

  void Close() override {
    if (state_ == State::kClosed) return;
    state_ = State::kClosed;
    DropHandler();
    timer_.cancel();
    transport_->Close();
    closed_();
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
    const bool has_length = headers.Find("content-length") || status == 204;
    is_chunked_ = !has_length && is_http11_;
    if (!has_length && !is_http11_) keep_alive_ = false;
    if (is_chunked_) out_.append("transfer-encoding: chunked\r\n");
    if (!keep_alive_) out_.append("connection: close\r\n");
    out_.append("\r\n");
    Flush();
  }

  void Write(std::string bytes) override {
    if (bytes.empty() || is_head_only_) return;
    if (is_chunked_) absl::StrAppend(&out_, absl::Hex(bytes.size()), "\r\n");
    out_.append(bytes);
    if (is_chunked_) out_.append("\r\n");
    Flush();
  }

  void End() override {
    if (is_chunked_ && !is_head_only_) out_.append("0\r\n\r\n");
    is_answered_ = true;
    Flush();
  }

  void Abort() override {
    boost::asio::post(executor(), [self = shared_from_this()] { self->Close(); });
  }
  size_t pending() const override { return out_.size() + writing_.size(); }
  boost::asio::any_io_executor executor() override { return transport_->executor(); }

 private:
  enum class State { kHead, kBody, kAnswer, kLinger, kClosed };

  // Takes what was received as far as it goes.
  void Advance() {
    if (state_ == State::kHead) TakeHead();
    if (state_ == State::kBody) TakeBody();
  }

  void TakeHead() {
    const size_t end = received_.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (received_.size() > kMostHeadBytes) Refuse(431, "the headers are larger than 16 KiB");
      return;
    }
    const absl::string_view head = absl::string_view(received_).substr(0, end + 4);
    if (head.size() > kMostHeadBytes) return Refuse(431, "the headers are larger than 16 KiB");
    if (auto status = CheckHttp1Head(head); !status.ok()) return Refuse(400, status.message());
    parser_.emplace();
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
    SetDeadline(kBodyTime);
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
      if (taken == 0) break;
    }
    if (state_ != State::kBody || is_answered_ || !parser_->is_done()) return;
    state_ = State::kAnswer;
    deadline_ = absl::InfiniteFuture();
    handler_->OnBodyEnd();
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

  // Keeps one read under way: only so is it known that the client has gone.
  void ReadOn() {
    if (is_reading_ || state_ == State::kClosed) return;
    const bool is_waiting = state_ == State::kAnswer || is_answered_;
    if (is_waiting && state_ != State::kLinger && received_.size() >= kReadBytes) return;
    is_reading_ = true;
    buffer_.resize(kReadBytes);
    transport_->Read(boost::asio::buffer(buffer_),
                     [self = shared_from_this()](const boost::system::error_code& error,
                                                 size_t bytes) { self->OnRead(error, bytes); });
  }

  void OnRead(const boost::system::error_code& error, size_t bytes) {
    is_reading_ = false;
    if (state_ == State::kClosed) return;
    if (error) return Close();
    if (state_ != State::kLinger) {
      if (state_ == State::kHead && received_.empty()) SetDeadline(kHeadTime);
      received_.append(buffer_, 0, bytes);
      Advance();
    }
    ReadOn();
  }

  void Flush() {
    if (is_writing_ || out_.empty() || state_ == State::kClosed) return;
    is_writing_ = true;
    std::swap(out_, writing_);
    stall_ = absl::Now() + kStall;
    transport_->Write(boost::asio::buffer(writing_),
                      [self = shared_from_this()](const boost::system::error_code& error, size_t) {
                        self->OnWritten(error);
                      });
  }

  void OnWritten(const boost::system::error_code& error) {
    is_writing_ = false;
    writing_.clear();
    stall_ = absl::InfiniteFuture();
    if (state_ == State::kClosed) return;
    if (error) return Close();
    if (!out_.empty()) return Flush();
    if (is_answered_) return EndExchange();
    if (handler_ != nullptr) handler_->OnDrained();
  }

  void EndExchange() {
    const bool is_whole = state_ == State::kAnswer;
    handler_.reset();
    if (!is_whole || !keep_alive_) {
      state_ = State::kLinger;
      SetDeadline(kLinger);
      transport_->ShutdownSend();
      return ReadOn();
    }
    state_ = State::kHead;
    is_started_ = is_answered_ = false;
    parser_.reset();
    SetDeadline(received_.empty() ? kIdle : kHeadTime);
    Advance();
    ReadOn();
  }

  void DropHandler() {
    if (const auto handler = std::exchange(handler_, nullptr)) handler->OnGone();
  }

  void SetDeadline(absl::Duration time) { deadline_ = absl::Now() + time; }

  // Looks after the deadlines; a timer that is moved with every read would cost more.
  void Watch() {
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (error || self == nullptr || self->state_ == State::kClosed) return;
      if (absl::Now() >= std::min(self->deadline_, self->stall_)) return self->Close();
      self->Watch();
    });
  }

  const std::unique_ptr<Transport> transport_;
  Router& router_;
  const std::function<void()> closed_;
  boost::asio::steady_timer timer_;
  absl::Time deadline_ = absl::InfiniteFuture();
  absl::Time stall_ = absl::InfiniteFuture();

  State state_ = State::kHead;
  std::optional<Http1Parser> parser_;
  std::shared_ptr<Handler> handler_;
  bool keep_alive_ = true;
  bool is_http11_ = true;
  bool is_chunked_ = false;
  bool is_head_only_ = false;
  bool is_started_ = false;
  bool is_answered_ = false;

  std::string buffer_;
  std::string received_;
  bool is_reading_ = false;
  std::string out_;
  std::string writing_;
  bool is_writing_ = false;
};

}  // namespace

std::shared_ptr<Connection> MakeHttp1Connection(std::unique_ptr<Transport> transport,
                                                Router& router, std::function<void()> closed) {
  return std::make_shared<Http1Connection>(std::move(transport), router, std::move(closed));
}

}  // namespace usersync::gateway
