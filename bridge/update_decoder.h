// Turns one message of USERS_UPDATE into entries for the store. Pure; never fails: what cannot
// be decoded becomes an entry that says so.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "users/internal/v1/ingest_service.pb.h"

namespace usersync::bridge {

// A message as the stream has it.
struct UpdateMessage {
  std::string subject;
  // "Name: value\r\n" lines, as they came. Empty if there are none.
  std::string headers;
  std::string payload;
  // The header Users-Receipt, if it is there and well-formed.
  std::string receipt_token;
  // Its place in the stream, and when the stream stored it, in nanoseconds since 1970.
  uint64_t sequence = 0;
  int64_t time_ns = 0;
};

struct DecodedUpdate {
  std::vector<users::internal::v1::Entry> entries;
  // For each entry the mutation_id of its receipt: the client's, or the derived one.
  std::vector<std::string> mutation_ids;
};

// No message asks for more than this at once.
inline constexpr size_t kMostMutations = 1000;

DecodedUpdate DecodeUpdate(const UpdateMessage& message);

}  // namespace usersync::bridge
