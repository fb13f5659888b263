// Places in a stream: a sequence and when the stream stored the message, to the nanosecond.
#pragma once

#include <cstdint>

#include "users/internal/v1/ingest_service.pb.h"

namespace usersync::bridge {

using users::internal::v1::Position;

// Nanoseconds since 1970.
int64_t NanosOf(const Position& position);

Position MakePosition(uint64_t sequence, int64_t time_ns);

bool SamePosition(const Position& a, const Position& b);

// Whether `a` was stored later than `b`. Sequences decide only between equal times: a stream that
// is made anew counts from 1 again.
bool IsLater(const Position& a, const Position& b);

}  // namespace usersync::bridge
