// What callers hand to the sequencer, and what it answers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "store/decide.h"
#include "store/user_command.h"
#include "users/internal/v1/ingest_service.pb.h"
#include "users/v1/mutation.pb.h"

namespace usersync::store {

// One thing that somebody asks for.
struct Request {
  Principal author;
  std::variant<users::v1::Mutation, UserCommand, users::internal::v1::Undecodable> content;
  // Names the mutation within its author's. Empty for what could not be decoded.
  std::string mutation_id;
  // SHA-256 of what was asked, if the client chose the id; then the answer is kept in the
  // ledger. Otherwise empty: a derived id cannot come again.
  std::string request_hash;
  // Whether it is a refused mutation that is applied again. Refused once more, it leaves no trace:
  // it is in the list already, and can be tried again.
  bool applies_refused = false;
  // When NATS stored it. InfinitePast if it came over gRPC.
  absl::Time publish_time = absl::InfinitePast();
};

// The answer to one request.
struct Answer {
  users::v1::Receipt receipt;
  // refused.id, if it was put there. Otherwise 0.
  int64_t refused_id = 0;
  // How many rows left that list, if it was an erasure.
  int64_t unlisted_count = 0;
  // The user after a UserCommand, output-only fields included.
  users::v1::User user;
  // Why a UserCommand could not be made a mutation; OK otherwise.
  absl::Status status;
};

// A place in a NATS stream. {0, 0} before the first message.
struct Position {
  int64_t sequence = 0;
  // Nanoseconds since 1970: NATS tells them, and microseconds would always differ.
  int64_t time_ns = 0;

  bool operator==(const Position&) const = default;
};

// That a source goes from one position to the next, together with its requests.
struct Move {
  std::string source;
  Position after;
  Position through;
};

// One call's requests: decided in order, committed together.
struct Submission {
  std::vector<Request> requests;
  std::optional<Move> move;
  absl::Time enqueue_time = absl::InfinitePast();
  // Whether nobody waits for the answer any more. Asked before the submission is taken up.
  std::function<bool()> cancelled;
  // Called exactly once: as many answers as requests after the commit, or why there was none.
  std::function<void(absl::StatusOr<std::vector<Answer>>)> done;
};

}  // namespace usersync::store
