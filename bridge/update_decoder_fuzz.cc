// Whatever a client publishes, the decoder answers it, and what it takes survives a round trip.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "bridge/document_codec.h"
#include "bridge/json_string.h"
#include "bridge/mutation_codec.h"
#include "bridge/update_decoder.h"
#include "protos/utf8.h"

namespace usersync::bridge {
namespace {

// Not assert(): it is gone in an optimised build.
void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckDocument(const users::v1::User& user) {
  const std::string json = EncodeDocument(user);
  Check(IsValidUtf8(json));
  const DecodedMutation again = DecodeMutation(json);
  // With what was missing, some documents are longer than what came.
  if (json.size() > (64 << 10)) return;
  Check(again.violations.empty());
  Check(again.mutation.user().SerializeAsString() == user.SerializeAsString());
}

void CheckViolation(const users::v1::Violation& violation) {
  Check(violation.reason() != users::v1::ERROR_REASON_UNSPECIFIED);
  Check(!violation.description().empty());
  Check(IsValidUtf8(violation.field()) && IsValidUtf8(violation.description()));
}

void CheckEntry(const users::internal::v1::Entry& entry, const std::string& mutation_id) {
  Check(!mutation_id.empty() && IsValidUtf8(mutation_id));
  users::internal::v1::Entry sent;
  Check(sent.ParseFromString(entry.SerializeAsString()));
  if (entry.has_mutation()) {
    const auto& mutation = entry.mutation();
    Check(mutation.mutation_id() == mutation_id);
    Check(mutation.assumption_case() != users::v1::Mutation::ASSUMPTION_NOT_SET);
    Check(FlawOf(mutation.reason()) == nullptr);
    CheckDocument(mutation.user());
    if (mutation.has_assumed()) CheckDocument(mutation.assumed());
    return;
  }
  Check(entry.undecodable().violations_size() > 0);
  for (const auto& violation : entry.undecodable().violations()) CheckViolation(violation);
}

void CheckUpdate(const DecodedUpdate& update) {
  Check(update.entries.size() == update.mutation_ids.size());
  Check(update.entries.size() <= kMostMutations);
  for (size_t i = 0; i < update.entries.size(); ++i) {
    CheckEntry(update.entries[i], update.mutation_ids[i]);
  }
}

}  // namespace
}  // namespace usersync::bridge

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  usersync::bridge::UpdateMessage message;
  message.subject = "users.update.fuzz";
  message.payload.assign(reinterpret_cast<const char*>(data), size);
  message.sequence = 1;
  message.time_ns = 1;
  usersync::bridge::CheckUpdate(usersync::bridge::DecodeUpdate(message));
  return 0;
}
