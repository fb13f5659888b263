#include "bridge/update_decoder.h"

#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bridge/json_array.h"
#include "bridge/mutation_codec.h"
#include "bridge/position.h"
#include "bridge/subjects.h"
#include "protos/utf8.h"

namespace usersync::bridge {
namespace {

using users::internal::v1::Entry;

constexpr size_t kMostPayloadBytes = 512 << 10;
// What is shown of an actor; one that keeps the rule is no longer.
constexpr size_t kMostActorCharacters = 64;

class Decoder {
 public:
  explicit Decoder(const UpdateMessage& message)
      : message_(message),
        actor_(ActorOf(message.subject, kUpdateSubject)),
        derived_id_(absl::StrCat(kUpdateStream, ":", message.sequence, ":", message.time_ns)) {}

  DecodedUpdate Decode() && {
    if (message_.payload.size() > kMostPayloadBytes) {
      RefuseMessage(users::v1::ERROR_REASON_TOO_LARGE, "a message must be at most 512 KiB");
    } else if (IsArray(message_.payload)) {
      DecodeArray();
    } else {
      Add(DecodeMutation(message_.payload), derived_id_, [this] { return WholeMessage(); });
    }
    return std::move(decoded_);
  }

 private:
  void DecodeArray() {
    const auto elements = SplitArray(message_.payload, kMostMutations);
    if (!elements) {
      RefuseMessage(users::v1::ERROR_REASON_FIELD_INVALID,
                    "must be JSON, and its brackets are not");
    } else if (elements->size() > kMostMutations) {
      RefuseMessage(users::v1::ERROR_REASON_TOO_LARGE,
                    absl::StrCat("an array must hold at most ", kMostMutations));
    } else {
      AddElements(*elements);
    }
  }

  void AddElements(const std::vector<absl::string_view>& elements) {
    for (size_t i = 0; i < elements.size(); ++i) {
      DecodedMutation decoded = DecodeMutation(elements[i]);
      if (decoded.read == JsonResult::Kind::kNotJson) {
        // A message with a part that is no JSON is none as a whole.
        decoded_ = {};
        RefuseMessage(users::v1::ERROR_REASON_FIELD_INVALID,
                      absl::StrCat("must be JSON, and element ", i, " is not"));
        return;
      }
      Add(std::move(decoded), absl::StrCat(derived_id_, "/", i),
          [&] { return std::string(elements[i]); });
    }
  }

  // `bytes` tells what is kept if something is wrong.
  void Add(DecodedMutation decoded, const std::string& derived_id,
           absl::FunctionRef<std::string()> bytes) {
    auto& [mutation, violations, read] = decoded;
    if (mutation.mutation_id().empty()) mutation.set_mutation_id(derived_id);
    if (!IsToken(actor_)) {
      violations.AddInvalid("actor", "must be 1 to 64 characters of [A-Za-z0-9_-]", actor_);
    }
    Entry& entry = AddEntry(mutation.mutation_id());
    if (violations.empty()) {
      *entry.mutable_mutation() = std::move(mutation);
      return;
    }
    SetUndecodable(entry, violations, bytes());
    if (read == JsonResult::Kind::kObject && mutation.has_user()) {
      *entry.mutable_undecodable()->mutable_mutation() = std::move(mutation);
    }
  }

  // Answers the message as a whole instead of its elements.
  void RefuseMessage(users::v1::ErrorReason reason, absl::string_view rule) {
    ViolationList violations;
    violations.Add(reason, "", rule);
    SetUndecodable(AddEntry(derived_id_), violations, WholeMessage());
  }

  Entry& AddEntry(const std::string& mutation_id) {
    decoded_.mutation_ids.push_back(mutation_id);
    Entry& entry = decoded_.entries.emplace_back();
    // Whoever may publish to any subject may name an actor in any bytes; protobuf takes only UTF-8.
    entry.set_actor(ShowText(actor_, kMostActorCharacters));
    entry.set_auth(message_.subject == kUpdateSubject ? users::v1::AUTH_NONE
                                                      : users::v1::AUTH_NATS);
    *entry.mutable_publish_time() = MakePosition(message_.sequence, message_.time_ns).time();
    return entry;
  }

  static void SetUndecodable(Entry& entry, const ViolationList& violations, std::string bytes) {
    auto& undecodable = *entry.mutable_undecodable();
    if (bytes.size() > kMostPayloadBytes) bytes.resize(kMostPayloadBytes);
    undecodable.set_payload(std::move(bytes));
    *undecodable.mutable_violations() = {violations.found().begin(), violations.found().end()};
  }

  std::string WholeMessage() const {
    if (message_.headers.empty()) return message_.payload;
    return absl::StrCat(message_.headers, "\r\n", message_.payload);
  }

  const UpdateMessage& message_;
  const std::string actor_;
  const std::string derived_id_;
  DecodedUpdate decoded_;
};

}  // namespace

DecodedUpdate DecodeUpdate(const UpdateMessage& message) { return Decoder(message).Decode(); }

}  // namespace usersync::bridge
