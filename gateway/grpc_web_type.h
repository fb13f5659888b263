// The content types of gRPC-Web (PROTOCOL-WEB of grpc/grpc), and which one an answer has.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

// How frames travel: as they are, or as base64 for clients that can only read text.
enum class GrpcWebEncoding { kBinary, kText };

// Reads a Content-Type: application/grpc-web or -text, with or without +proto, whatever its case
// and parameters. nullopt for every other type and sub-format.
std::optional<GrpcWebEncoding> ParseGrpcWebType(absl::string_view content_type);

// Whether a Content-Type means gRPC-Web at all, perhaps in a sub-format that nobody knows here.
bool IsGrpcWeb(absl::string_view content_type);

// The encoding of the answer: what Accept names first; as the request if it names none.
GrpcWebEncoding ChooseEncoding(absl::string_view accept, GrpcWebEncoding request);

absl::string_view ContentTypeOf(GrpcWebEncoding encoding);

}  // namespace usersync::gateway
