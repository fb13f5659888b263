// A store over PostgreSQL, without NATS, that all tests of a program share: each uses users,
// actors and sources of its own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/harness/line.h"

namespace usersync::tests {

class StoreApi : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  static Line& line() { return *line_; }

  // A caller behind the gateway who may write.
  StoreStub Writer(const std::string& actor = "alice") const {
    return line().Stub("gateway", actor);
  }
  // A direct caller with a token as given, none if empty.
  StoreStub Direct(const std::string& token) const;

  // Asks for a user, and expects it to be there.
  users::v1::User Get(const std::string& id) const;

 private:
  static std::unique_ptr<Line> line_;
};

// A living user, all of whose fields follow from its id.
users::v1::User MakeUser(const std::string& id, const std::string& status = "active");

// That a user look like this, whatever it was.
users::v1::Mutation MakeMutation(const std::string& mutation_id, const users::v1::User& user);

}  // namespace usersync::tests
