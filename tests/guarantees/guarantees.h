// What we swear. One checker a promise, each a pure function that returns the flaws it found;
// none is what everybody hopes for.
#pragma once

#include <string>
#include <vector>

#include "tests/guarantees/evidence.h"

namespace usersync::tests {

using Flaws = std::vector<std::string>;

// An APPLIED or MERGED receipt survives any crash: its version is there, and says what was asked.
Flaws Durable(const Evidence& evidence);

// Watchers are told changes in order of their sequence, times never go back along it, and one
// author's plain documents take effect in the order published.
Flaws Ordered(const Evidence& evidence);

// Sequences are dense everywhere, from 1 to the feed's head.
Flaws NoGap(const Evidence& evidence);

// Redelivery and retry make no second version; a mutation has one answer for ever.
Flaws NoDuplicateEffect(const Evidence& evidence);

// A watcher that went on from its checkpoints was told every change between its first and its
// last, once, as it was committed.
Flaws Resumable(const Evidence& evidence);

// A write that says what it assumed never overwrites silently.
Flaws NoLostUpdate(const Evidence& evidence);

// `users` is the fold of its versions, 1..n for each; every hash verifies; no two living users
// share an address.
Flaws Audited(const Evidence& evidence);

// After healing, every browser = USERS_BROADCAST = PostgreSQL.
Flaws Converged(const Evidence& evidence);

// Every plain document took effect, once, in the order published. Not one of the promises: a NATS
// server that dies forgets what it had not stored, and an edit that changes nothing is no version.
Flaws Complete(const Evidence& evidence);

// All promises, each flaw headed by its promise; at most a handful a promise.
Flaws AllFlaws(const Evidence& evidence);

}  // namespace usersync::tests
