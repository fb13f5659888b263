#include "gateway/http1_head.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace usersync::gateway {
namespace {

absl::Status Refuse(absl::string_view what) { return absl::InvalidArgumentError(what); }

// A character of a token (RFC 9110, 5.6.2).
bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("!#$%&'*+-.^_`|~", c);
}

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

bool IsFieldValue(absl::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  });
}

bool IsDigits(absl::string_view text) {
  return !text.empty() && text.size() <= 18 &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

absl::Status CheckRequestLine(absl::string_view line) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
  if (parts.size() != 3 || !IsToken(parts[0])) return Refuse("the request line is malformed");
  if (!IsPlainTarget(parts[1])) return Refuse("the request target must be a path");
  if (parts[2] != "HTTP/1.1" && parts[2] != "HTTP/1.0") return Refuse("the version is unknown");
  return absl::OkStatus();
}

// What the fields say about where the request ends and whom it is for.
class Framing {
 public:
  explicit Framing(bool is_http11) : is_http11_(is_http11) {}

  absl::Status Take(absl::string_view name, absl::string_view value) {
    if (name == "host") ++hosts_;
    if (name == "content-length") {
      ++lengths_;
      if (!IsDigits(value)) return Refuse("content-length must be a number");
    }
    if (name == "transfer-encoding") {
      ++codings_;
      if (!absl::EqualsIgnoreCase(value, "chunked")) {
        return Refuse("transfer-encoding must be chunked");
      }
    }
    if (name == "upgrade" && absl::StrContains(absl::AsciiStrToLower(value), "h2c")) {
      return Refuse("HTTP/2 is spoken from the first byte, not by an upgrade");
    }
    return absl::OkStatus();
  }

  absl::Status Finish() const {
    if (hosts_ > 1 || (hosts_ == 0 && is_http11_)) return Refuse("host must be there once");
    if (lengths_ > 1) return Refuse("content-length must be there only once");
    if (codings_ > 1) return Refuse("transfer-encoding must be there only once");
    if (codings_ > 0 && lengths_ > 0) {
      return Refuse("content-length and transfer-encoding must not be there together");
    }
    if (codings_ > 0 && !is_http11_) return Refuse("HTTP/1.0 knows no transfer-encoding");
    return absl::OkStatus();
  }

 private:
  const bool is_http11_;
  int hosts_ = 0;
  int lengths_ = 0;
  int codings_ = 0;
};

}  // namespace

absl::Status CheckHttp1Head(absl::string_view head) {
  if (!absl::ConsumeSuffix(&head, "\r\n\r\n")) return Refuse("the head does not end");
  const std::vector<absl::string_view> lines = absl::StrSplit(head, "\r\n");
  if (auto status = CheckRequestLine(lines.front()); !status.ok()) return status;
  Framing framing(absl::EndsWith(lines.front(), "1.1"));
  for (size_t i = 1; i < lines.size(); ++i) {
    const absl::string_view line = lines[i];
    if (line.empty() || line.front() == ' ' || line.front() == '\t') {
      return Refuse("a header must not be folded over lines");
    }
    const size_t colon = line.find(':');
    if (colon == absl::string_view::npos) return Refuse("a header has no colon");
    if (!IsToken(line.substr(0, colon))) return Refuse("the name of a header is malformed");
    const absl::string_view value = absl::StripAsciiWhitespace(line.substr(colon + 1));
    if (!IsFieldValue(value)) return Refuse("a header holds control characters");
    if (auto status = framing.Take(absl::AsciiStrToLower(line.substr(0, colon)), value);
        !status.ok()) {
      return status;
    }
  }
  return framing.Finish();
}

bool HasBareLineFeed(absl::string_view bytes) {
  for (size_t i = bytes.find('\n'); i != bytes.npos; i = bytes.find('\n', i + 1)) {
    if (i == 0 || bytes[i - 1] != '\r') return true;
  }
  return false;
}

bool IsPlainTarget(absl::string_view target) {
  return absl::StartsWith(target, "/") && std::all_of(target.begin(), target.end(), [](char c) {
           return c > 0x20 && c < 0x7f && c != '#' && c != '\\';
         });
}

}  // namespace usersync::gateway
