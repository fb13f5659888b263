// One message as a client received it.
#pragma once

#include <nats/nats.h>

#include <map>
#include <string>

namespace usersync::tests {

struct NatsMessage {
  std::string subject;
  std::string reply;
  std::string payload;
  std::map<std::string, std::string> headers;

  // "" if there is none.
  std::string Header(const std::string& name) const;

  static NatsMessage From(natsMsg* message);
};

}  // namespace usersync::tests
