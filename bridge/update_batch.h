// The messages of one Ingest: what the store gets, and whom to answer.
#pragma once

#include <string>
#include <vector>

#include "bridge/position.h"
#include "bridge/update_decoder.h"
#include "users/internal/v1/ingest_service.pb.h"

namespace usersync::bridge {

class UpdateBatch {
 public:
  // The store's limit, and about what one message over gRPC should be.
  static constexpr size_t kMostEntries = 1000;
  static constexpr size_t kMostBytes = 2 << 20;

  // Whom one receipt goes to.
  struct Recipient {
    // The message that asked, an index of messages().
    size_t message;
    std::string mutation_id;
    // Which of the message's elements.
    size_t index;
  };

  explicit UpdateBatch(const Position& after);

  // Whether there is room for a message; always true for the first.
  bool HasRoomFor(const UpdateMessage& message, const DecodedUpdate& update) const;
  void Add(UpdateMessage message, DecodedUpdate update);

  // Cuts off the later half of the messages. There must be at least two.
  UpdateBatch SplitOff();

  // Asks for less, if the store refuses a lone message as a whole: first that the message be kept
  // as one that could not be decoded, then nothing but to go on behind it, so that one message
  // never blocks all others. Returns false if nothing is left to give up.
  bool GiveUpMore();

  bool empty() const { return messages_.empty(); }
  // Whether no other message should be added.
  bool full() const { return recipients_.size() >= kMostEntries || bytes_ >= kMostBytes; }
  const Position& through() const { return request_.through(); }
  const users::internal::v1::IngestRequest& request() const { return request_; }
  const std::vector<UpdateMessage>& messages() const { return messages_; }
  const std::vector<Recipient>& recipients() const { return recipients_; }

  // The answer to a recipient, and its number among the refused (0 if it is none of them).
  // `response` answers request(). nullptr if the store did not answer it.
  const users::v1::Receipt* ReceiptOf(size_t recipient,
                                      const users::internal::v1::IngestResponse& response) const;
  int64_t RefusedIdOf(size_t recipient, const users::internal::v1::IngestResponse& response) const;

 private:
  enum class Asks { kAll, kKeepAsUndecodable, kOnlyToGoOn };

  Asks asks_ = Asks::kAll;
  users::internal::v1::IngestRequest request_;
  std::vector<UpdateMessage> messages_;
  // How many entries each message made.
  std::vector<size_t> entry_counts_;
  std::vector<Recipient> recipients_;
  size_t bytes_ = 0;
  // What everybody is answered once nothing is asked for any more.
  users::v1::Receipt given_up_;
};

}  // namespace usersync::bridge
