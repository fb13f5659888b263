#include "gateway/metadata.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "protos/utf8.h"

namespace usersync::gateway {
namespace {

constexpr size_t kShownCharacters = 64;

// Of the connection, the browser, gRPC, or the gateway: never metadata.
constexpr absl::string_view kNames[] = {
    "connection", "keep-alive",    "transfer-encoding", "upgrade",       "te",
    "trailer",    "host",          "content-length",    "content-type",  "origin",
    "referer",    "user-agent",    "x-grpc-web",        "authorization", "x-user-id",
    "expect",     "http2-settings"};
constexpr absl::string_view kPrefixes[] = {"proxy-", "accept",    "sec-",
                                           "grpc-",  "usersync-", "access-control-"};

bool StaysHere(absl::string_view name) {
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [&](absl::string_view prefix) { return absl::StartsWith(name, prefix); });
}

bool IsKey(absl::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' || c == '-' || c == '.';
  });
}

bool IsValue(absl::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

bool IsBinary(absl::string_view name) { return absl::EndsWith(name, "-bin"); }

absl::Status Refuse(absl::string_view name, absl::string_view rule) {
  return absl::InvalidArgumentError(
      absl::StrCat("the header ", ShowText(name, kShownCharacters), " ", rule));
}

absl::Status AppendBinary(const std::string& name, absl::string_view value, Metadata* metadata) {
  for (const absl::string_view part : absl::StrSplit(value, ',')) {
    std::string bytes;
    if (!absl::Base64Unescape(absl::StripAsciiWhitespace(part), &bytes)) {
      return Refuse(name, "must be base64");
    }
    metadata->emplace_back(name, std::move(bytes));
  }
  return absl::OkStatus();
}

// The names that the header Connection declares to be the connection's own.
std::vector<std::string> NamedByConnection(const HttpHeaders& headers) {
  std::vector<std::string> names;
  for (const auto& [name, value] : headers) {
    if (name != "connection") continue;
    for (const absl::string_view part : absl::StrSplit(value, ',')) {
      names.push_back(absl::AsciiStrToLower(absl::StripAsciiWhitespace(part)));
    }
  }
  return names;
}

}  // namespace

absl::StatusOr<Metadata> ForwardedMetadata(const HttpHeaders& headers) {
  const std::vector<std::string> hops = NamedByConnection(headers);
  Metadata metadata;
  for (const auto& [name, value] : headers) {
    if (StaysHere(name) || std::find(hops.begin(), hops.end(), name) != hops.end()) continue;
    if (!IsKey(name)) return Refuse(name, "must be named by characters of [a-z0-9_.-]");
    if (IsBinary(name)) {
      if (auto status = AppendBinary(name, value, &metadata); !status.ok()) return status;
    } else if (IsValue(value)) {
      metadata.emplace_back(name, value);
    } else {
      return Refuse(name, "must hold printable ASCII");
    }
  }
  return metadata;
}

Metadata Copy(const std::multimap<grpc::string_ref, grpc::string_ref>& received) {
  Metadata metadata;
  for (const auto& [key, value] : received) {
    metadata.emplace_back(std::string(key.data(), key.size()),
                          std::string(value.data(), value.size()));
  }
  return metadata;
}

Metadata AnswerMetadata(const std::multimap<grpc::string_ref, grpc::string_ref>& received) {
  Metadata metadata = Copy(received);
  metadata.erase(std::remove_if(metadata.begin(), metadata.end(),
                                [](const auto& field) {
                                  const auto& [name, value] = field;
                                  return StaysHere(name) || !IsKey(name) ||
                                         (!IsBinary(name) && !IsValue(value));
                                }),
                 metadata.end());
  return metadata;
}

void AppendFields(const Metadata& metadata, HttpHeaders* headers) {
  for (const auto& [name, value] : metadata) {
    if (StaysHere(name)) continue;
    if (IsBinary(name)) {
      std::string text = absl::Base64Escape(value);
      while (!text.empty() && text.back() == '=') text.pop_back();
      headers->Add(name, std::move(text));
    } else if (IsValue(value)) {
      headers->Add(name, value);
    }
  }
}

}  // namespace usersync::gateway
