#include "bridge/update_decoder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "bridge/document_codec.h"
#include "bridge/json_array.h"
#include "bridge/subjects.h"
#include "protos/utf8.h"
#include "protos/violation.h"

namespace usersync::bridge {
namespace {

using users::internal::v1::Entry;

constexpr size_t kMostPayloadBytes = 512 << 10;
// What is shown of an actor; one that keeps the rule is no longer.
constexpr size_t kMostActorCharacters = 64;

// What a client may name a mutation; a derived id holds ':' and cannot be claimed.
bool IsMutationId(absl::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '~' || c == '-';
  });
}

class Decoder {
 public:
  explicit Decoder(const UpdateMessage& message)
      : message_(message), actor_(ActorOf(message.subject, kUpdateSubject)) {
    publish_time_.set_seconds(message.time_ns / 1000000000);
    publish_time_.set_nanos(static_cast<int>(message.time_ns % 1000000000));
    auth_ = message.subject == kUpdateSubject ? users::v1::AUTH_NONE : users::v1::AUTH_NATS;
  }

  DecodedUpdate Decode() {
    if (!IsArray(message_.payload)) {
      AddElement(DecodeElement(message_.payload), message_.payload, DerivedId());
      return std::move(decoded_);
    }
    const auto elements = SplitArray(message_.payload, kMostMutations);
    if (!elements) {
      RefuseAll(users::v1::ERROR_REASON_FIELD_INVALID, "must be JSON");
    } else if (elements->size() > kMostMutations) {
      RefuseAll(users::v1::ERROR_REASON_TOO_LARGE,
                absl::StrCat("an array must hold at most ", kMostMutations));
    } else {
      AddAll(*elements);
    }
    return std::move(decoded_);
  }

 private:
  std::string DerivedId() const {
    return absl::StrCat(kUpdateStream, ":", message_.sequence, ":", message_.time_ns);
  }

  void AddAll(const std::vector<absl::string_view>& elements) {
    for (size_t i = 0; i < elements.size(); ++i) {
      DecodedElement element = DecodeElement(elements[i]);
      if (element.not_json) {
        // A message with a part that is no JSON is none as a whole.
        decoded_ = {};
        RefuseAll(users::v1::ERROR_REASON_FIELD_INVALID,
                  absl::StrCat("must be JSON: element ", i, " is not"));
        return;
      }
      AddElement(std::move(element), elements[i], absl::StrCat(DerivedId(), "/", i));
    }
  }

  Entry& AddEntry(std::string mutation_id) {
    Entry& entry = decoded_.entries.emplace_back();
    // Whoever may publish to any subject may name an actor in any bytes; protobuf takes only UTF-8.
    entry.set_actor(ShowText(actor_, kMostActorCharacters));
    entry.set_auth(auth_);
    *entry.mutable_publish_time() = publish_time_;
    decoded_.mutation_ids.push_back(std::move(mutation_id));
    return entry;
  }

  void AddElement(DecodedElement element, absl::string_view bytes, std::string derived_id) {
    const std::string& given = element.mutation.mutation_id();
    if (!given.empty() && !IsMutationId(given)) {
      element.violations.push_back(
          MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "mutation_id",
                        "must be 1 to 128 characters of [A-Za-z0-9._~-]", given));
    }
    const std::string id = IsMutationId(given) ? given : derived_id;
    if (!IsToken(actor_)) {
      element.violations.push_back(MakeViolation(users::v1::ERROR_REASON_FIELD_INVALID, "actor",
                                                 "must be 1 to 64 characters of [A-Za-z0-9_-]",
                                                 actor_));
    }
    Entry& entry = AddEntry(id);
    if (element.violations.empty()) {
      *entry.mutable_mutation() = std::move(element.mutation);
      entry.mutable_mutation()->set_mutation_id(id);
      return;
    }
    auto& undecodable = *entry.mutable_undecodable();
    undecodable.set_payload(Payload(bytes));
    undecodable.set_user_id(element.mutation.user().id());
    *undecodable.mutable_violations() = {element.violations.begin(), element.violations.end()};
  }

  void RefuseAll(users::v1::ErrorReason reason, absl::string_view rule) {
    auto& undecodable = *AddEntry(DerivedId()).mutable_undecodable();
    undecodable.set_payload(Payload(message_.payload));
    *undecodable.add_violations() = MakeViolation(reason, "", rule);
  }

  // The message as it came, headers first.
  std::string Payload(absl::string_view bytes) const {
    std::string payload;
    if (!message_.headers.empty()) payload = absl::StrCat(message_.headers, "\r\n");
    absl::StrAppend(&payload, bytes);
    if (payload.size() > kMostPayloadBytes) payload.resize(kMostPayloadBytes);
    return payload;
  }

  const UpdateMessage& message_;
  const std::string actor_;
  users::v1::Auth auth_;
  google::protobuf::Timestamp publish_time_;
  DecodedUpdate decoded_;
};

}  // namespace

DecodedUpdate DecodeUpdate(const UpdateMessage& message) { return Decoder(message).Decode(); }

}  // namespace usersync::bridge
