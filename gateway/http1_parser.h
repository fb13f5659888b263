// Reads one HTTP/1.1 request with Beast's parser. The head must have passed CheckHttp1Head.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <string>

#include "absl/strings/ascii.h"
#include "gateway/request_head.h"

namespace usersync::gateway {

class Http1Parser final : public boost::beast::http::basic_parser<true> {
 public:
  Http1Parser() {
    // Bodies are bounded by whoever reads them.
    body_limit(boost::none);
    eager(true);
  }

  const RequestHead& head() const { return head_; }
  bool is_http11() const { return is_http11_; }

  // Moves out what has come of the body since.
  std::string TakeBody() { return std::exchange(body_, {}); }

 private:
  using Text = boost::beast::string_view;
  using ErrorCode = boost::beast::error_code;

  void on_request_impl(boost::beast::http::verb, Text method, Text target, int version,
                       ErrorCode&) override {
    is_http11_ = version == 11;
    head_.method = std::string(method);
    head_.target = std::string(target);
  }
  void on_response_impl(int, Text, int, ErrorCode&) override {}
  void on_field_impl(boost::beast::http::field, Text name, Text value, ErrorCode&) override {
    // What follows the chunks is no header any more.
    if (is_header_done()) return;
    head_.headers.Add(absl::AsciiStrToLower({name.data(), name.size()}), std::string(value));
  }
  void on_header_impl(ErrorCode&) override {
    head_.authority = std::string(head_.headers.Get("host"));
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(Text bytes, ErrorCode&) override {
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, ErrorCode&) override {
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(ErrorCode&) override {}

  RequestHead head_;
  bool is_http11_ = true;
  std::string body_;
};

}  // namespace usersync::gateway
