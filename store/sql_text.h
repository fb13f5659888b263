// Values as PostgreSQL reads and writes them in text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"

namespace usersync::store {

// {"a","b"}: an array literal of any strings.
std::string ArrayLiteral(const std::vector<std::string>& values);

// \x0a1b: a bytea. Append... writes it as a JSON string, for jsonb_to_recordset.
std::string ByteaLiteral(absl::string_view bytes);
void AppendJsonBytea(absl::string_view bytes, std::string& out);

// The bytes of what PostgreSQL writes as \x0a1b. What is no bytea becomes "".
std::string ParseBytea(absl::string_view text);

// The 16 bytes of a UUID as text; and back.
std::string ParseUuid(absl::string_view text);
std::string UuidText(absl::string_view bytes);

// 2024-01-01T00:00:00.000000Z, exact to the microsecond.
std::string TimeText(int64_t micros);

// Microseconds since 1970, and as protobuf has it.
void SetTimestamp(int64_t micros, google::protobuf::Timestamp* time);
int64_t MicrosOf(const google::protobuf::Timestamp& time);

}  // namespace usersync::store
