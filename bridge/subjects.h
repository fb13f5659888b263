// The subjects of NATS that clients choose parts of. Every part is checked before it is used:
// the server checks a reply subject against nobody's permissions.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace usersync::bridge {

inline constexpr char kUpdateStream[] = "USERS_UPDATE";
inline constexpr char kBroadcastStream[] = "USERS_BROADCAST";
inline constexpr char kUpdateSubject[] = "users.update";
inline constexpr char kBroadcastSubject[] = "users.broadcast";
inline constexpr char kPullSubject[] = "users.pull";
inline constexpr char kHeartbeatSubject[] = "users.heartbeat";
inline constexpr char kRefusedSubject[] = "users.refused";
inline constexpr char kReceiptHeader[] = "Users-Receipt";

// The actor of clients without a password.
inline constexpr char kAnonymousActor[] = "frontend-client";

// 1 to 64 characters of [A-Za-z0-9_-]: actors and receipt tokens.
bool IsToken(absl::string_view text);

// The actor that a subject below `prefix` ("users.update" or "users.pull") names: its last token,
// or the anonymous one. It may still be ill-formed.
std::string ActorOf(absl::string_view subject, absl::string_view prefix);

// users.receipt.<actor>.<token>; "" if either is ill-formed.
std::string ReceiptSubject(absl::string_view actor, absl::string_view token);

// Whether a pull on `pull_subject` may be answered to `reply`: a literal subject in that actor's
// own inbox.
bool MayReply(absl::string_view reply, absl::string_view pull_subject);

}  // namespace usersync::bridge
