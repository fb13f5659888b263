#include "tests/harness/nats_message.h"

#include <cstdlib>

namespace usersync::tests {

std::string NatsMessage::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

NatsMessage NatsMessage::From(natsMsg* message) {
  NatsMessage made;
  made.subject = natsMsg_GetSubject(message);
  if (natsMsg_GetReply(message) != nullptr) made.reply = natsMsg_GetReply(message);
  made.payload.assign(natsMsg_GetData(message), natsMsg_GetDataLength(message));
  const char** names = nullptr;
  int count = 0;
  if (natsMsgHeader_Keys(message, &names, &count) != NATS_OK) return made;
  for (int i = 0; i < count; ++i) {
    const char* value = nullptr;
    if (natsMsgHeader_Get(message, names[i], &value) == NATS_OK && value != nullptr) {
      made.headers[names[i]] = value;
    }
  }
  std::free(names);
  return made;
}

}  // namespace usersync::tests
