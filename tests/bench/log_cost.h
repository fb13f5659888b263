// What the log over the versions costs on the way of a write: the share of the writer's time, from
// a batch's lock to its commit, in which it hashes and writes the log. The writer is one thread,
// and all throughput passes through it.
#pragma once

#include "tests/harness/line.h"

namespace usersync::tests {

class LogCost {
 public:
  // Has the first store tell its numbers. It must not run yet.
  explicit LogCost(Line& line);

  // The share since the store started; a little too much, because the statement that moves the
  // log's right edge also moves the head. Throws if the store does not answer.
  double Fraction() const;

 private:
  const int port_;
};

}  // namespace usersync::tests
