// The messages of one Ingest: what the store gets, and whom to answer.
#pragma once

#include <string>
#include <vector>

#include "bridge/update_decoder.h"
#include "users/internal/v1/ingest_service.pb.h"

namespace usersync::bridge {

class UpdateBatch {
 public:
  // The store's limit, and about what one message over gRPC should be.
  static constexpr size_t kMostEntries = 1000;
  static constexpr size_t kMostBytes = 2 << 20;

  // To whom the receipt of an entry goes.
  struct Recipient {
    std::string actor;
    // "" if nobody asked for a receipt.
    std::string token;
    std::string mutation_id;
    size_t index;
  };

  explicit UpdateBatch(const users::internal::v1::Position& after);

  // Whether there is room for a message; always true for the first.
  bool HasRoomFor(const DecodedUpdate& update, size_t bytes) const;
  void Add(const UpdateMessage& message, DecodedUpdate update);

  // Cuts off the later half of the messages. There must be at least two.
  UpdateBatch SplitOff();

  // Makes every entry one that could not be decoded: the store refuses the request as it is.
  void MakeUndecodable(const std::string& why);

  // Whether MakeUndecodable was called.
  bool undecodable() const { return undecodable_; }

  bool empty() const { return messages_.empty(); }
  size_t message_count() const { return messages_.size(); }
  const users::internal::v1::IngestRequest& request() const { return request_; }
  const std::vector<Recipient>& recipients() const { return recipients_; }

 private:
  struct Message {
    users::internal::v1::Position position;
    size_t entry_count;
  };

  users::internal::v1::IngestRequest request_;
  std::vector<Recipient> recipients_;
  std::vector<Message> messages_;
  size_t bytes_ = 0;
  bool undecodable_ = false;
};

}  // namespace usersync::bridge
