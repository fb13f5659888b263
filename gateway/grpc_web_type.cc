#include "gateway/grpc_web_type.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace usersync::gateway {
namespace {

constexpr absl::string_view kBinary = "application/grpc-web";
constexpr absl::string_view kText = "application/grpc-web-text";

// The type itself, in lower case.
std::string WithoutParameters(absl::string_view content_type) {
  const absl::string_view type = content_type.substr(0, content_type.find(';'));
  return absl::AsciiStrToLower(absl::StripAsciiWhitespace(type));
}

}  // namespace

std::optional<GrpcWebEncoding> ParseGrpcWebType(absl::string_view content_type) {
  const std::string type = WithoutParameters(content_type);
  if (type == kBinary || type == "application/grpc-web+proto") return GrpcWebEncoding::kBinary;
  if (type == kText || type == "application/grpc-web-text+proto") return GrpcWebEncoding::kText;
  return std::nullopt;
}

bool IsGrpcWeb(absl::string_view content_type) {
  return absl::StartsWith(WithoutParameters(content_type), kBinary);
}

GrpcWebEncoding ChooseEncoding(absl::string_view accept, GrpcWebEncoding request) {
  for (const absl::string_view type : absl::StrSplit(accept, ',')) {
    if (const auto encoding = ParseGrpcWebType(type)) return *encoding;
  }
  return request;
}

absl::string_view ContentTypeOf(GrpcWebEncoding encoding) {
  return encoding == GrpcWebEncoding::kText ? "application/grpc-web-text+proto"
                                            : "application/grpc-web+proto";
}

}  // namespace usersync::gateway
