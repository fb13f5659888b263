#include "gateway/grpc_web_trailers.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/grpc_web_frame.h"

namespace usersync::gateway {

std::string PercentEncode(absl::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (c >= 0x20 && c <= 0x7e && c != '%') {
      out.push_back(c);
    } else {
      const auto byte = static_cast<uint8_t>(c);
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

std::string TrailersFrame(const grpc::Status& status, const Metadata& trailing) {
  HttpHeaders fields;
  fields.Add("grpc-status", absl::StrCat(status.error_code()));
  if (!status.error_message().empty()) {
    fields.Add("grpc-message", PercentEncode(status.error_message()));
  }
  if (!status.error_details().empty()) {
    std::string details = absl::Base64Escape(status.error_details());
    while (details.back() == '=') details.pop_back();
    fields.Add("grpc-status-details-bin", std::move(details));
  }
  AppendFields(trailing, &fields);
  std::string text;
  for (const auto& [name, value] : fields) absl::StrAppend(&text, name, ":", value, "\r\n");
  return FrameHead(GrpcWebFrame::kTrailers, text.size()) + text;
}

grpc::Status WithoutAddresses(const grpc::Status& status) {
  for (const char* scheme : {"ipv4:", "ipv6:", "unix:", "dns:"}) {
    if (!absl::StrContains(status.error_message(), scheme)) continue;
    return grpc::Status(status.error_code(), "the store cannot be reached; try again",
                        status.error_details());
  }
  return status;
}

}  // namespace usersync::gateway
