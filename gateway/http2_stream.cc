#include "gateway/http2_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gateway/http1_head.h"
#include "gateway/plain_answer.h"

namespace usersync::gateway {
namespace {

nghttp2_nv FieldOf(const std::string& name, const std::string& value) {
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
          NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

bool Http2Stream::AddField(absl::string_view name, absl::string_view value) {
  // As RFC 9113, 6.5.2, counts them.
  head_bytes_ += name.size() + value.size() + 32;
  if (head_bytes_ > kMostHeadBytes) return false;
  if (name == ":method") {
    head_->method = std::string(value);
  } else if (name == ":path") {
    head_->target = std::string(value);
  } else if (name == ":authority") {
    head_->authority = std::string(value);
  } else if (name.empty() || name.front() != ':') {
    if (name == "host" && head_->authority.empty()) head_->authority = std::string(value);
    head_->headers.Add(std::string(name), std::string(value));
  }
  return true;
}

void Http2Stream::Route(Router& router) {
  const auto head = std::move(head_);
  is_head_only_ = head->method == "HEAD";
  if (IsPlainTarget(head->target)) {
    handler_ = router.Route(*head, *this);
  } else {
    handler_ = std::make_shared<PlainAnswer>(
        400, HttpHeaders{{"content-type", "text/plain; charset=utf-8"}},
        "the request target must be a path\n", *this);
  }
}

void Http2Stream::TakeBody(absl::string_view bytes) {
  if (handler_ != nullptr && !is_ended_) handler_->OnBody(bytes);
}

void Http2Stream::TakeBodyEnd() {
  request_deadline_ = absl::InfiniteFuture();
  if (handler_ != nullptr && !is_ended_) handler_->OnBodyEnd();
}

void Http2Stream::Drained() {
  if (std::exchange(has_news_, false) && handler_ != nullptr && !is_ended_) handler_->OnDrained();
}

void Http2Stream::Stop() {
  if (handler_ != nullptr && !is_ended_) handler_->OnStop();
}

void Http2Stream::Gone() {
  if (const auto handler = std::exchange(handler_, nullptr)) handler->OnGone();
}

bool Http2Stream::IsStalled(absl::Time now) const {
  return now >= std::min(request_deadline_, stall_);
}

void Http2Stream::Start(int status, const HttpHeaders& headers) {
  HttpHeaders all = {{":status", absl::StrCat(status)}};
  for (const auto& [name, value] : headers) all.Add(name, value);
  std::vector<nghttp2_nv> fields;
  for (const auto& [name, value] : all) fields.push_back(FieldOf(name, value));
  nghttp2_data_provider body{};
  body.source.ptr = this;
  body.read_callback = ReadBody;
  nghttp2_submit_response(carrier_.session(), id_, fields.data(), fields.size(), &body);
  carrier_.FlushSoon();
}

void Http2Stream::Write(std::string bytes) {
  if (is_head_only_) return;
  if (pending() == 0) stall_ = absl::Now() + limits_.stall;
  if (sent_ == body_.size()) {
    body_ = std::move(bytes);
    sent_ = 0;
  } else {
    body_.append(bytes);
  }
  Resume();
}

void Http2Stream::End() {
  is_ended_ = true;
  Resume();
}

void Http2Stream::Abort() {
  nghttp2_submit_rst_stream(carrier_.session(), NGHTTP2_FLAG_NONE, id_, NGHTTP2_INTERNAL_ERROR);
  carrier_.FlushSoon();
}

void Http2Stream::Resume() {
  if (std::exchange(is_deferred_, false)) nghttp2_session_resume_data(carrier_.session(), id_);
  carrier_.FlushSoon();
}

ssize_t Http2Stream::ReadBody(nghttp2_session*, int32_t, uint8_t* into, size_t room,
                              uint32_t* flags, nghttp2_data_source* source, void*) {
  return static_cast<Http2Stream*>(source->ptr)->MoveBody(into, room, flags);
}

ssize_t Http2Stream::MoveBody(uint8_t* into, size_t room, uint32_t* flags) {
  const size_t count = std::min(room, pending());
  if (count == 0 && !is_ended_) {
    is_deferred_ = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  std::memcpy(into, body_.data() + sent_, count);
  sent_ += count;
  has_news_ = true;
  stall_ = pending() > 0 ? absl::Now() + limits_.stall : absl::InfiniteFuture();
  if (pending() == 0) {
    // Assigning an empty string would keep the memory.
    std::exchange(body_, {});
    sent_ = 0;
    if (is_ended_) *flags |= NGHTTP2_DATA_FLAG_EOF;
  }
  return static_cast<ssize_t>(count);
}

}  // namespace usersync::gateway
