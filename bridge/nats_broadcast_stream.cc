#include "bridge/nats_broadcast_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "bridge/broadcast_message.h"
#include "bridge/publish_answer.h"
#include "bridge/streams.h"
#include "bridge/subjects.h"

namespace usersync::bridge {

absl::StatusOr<std::unique_ptr<NatsBroadcastStream>> NatsBroadcastStream::Make(
    const NatsConnection& quick, const NatsConnection& bulk, StreamKeeper& keeper) {
  std::unique_ptr<NatsBroadcastStream> result(new NatsBroadcastStream(quick, bulk, keeper));
  auto answers = NatsSubscription::Make(
      quick, result->inbox_ + ".>", "",
      [stream = result.get()](MessageHandle message) { stream->OnAnswer(std::move(message)); });
  if (!answers.ok()) return answers.status();
  result->answers_ = *std::move(answers);
  return result;
}

absl::StatusOr<BroadcastStream::State> NatsBroadcastStream::ReadState() {
  const auto state = ReadStreamState(quick_, kBroadcastStream);
  keeper_.Note(state.status());
  if (!state.ok()) return state.status();
  return State{state->messages, state->first_sequence, state->last_sequence};
}

absl::StatusOr<BroadcastMark> NatsBroadcastStream::ReadMark(uint64_t sequence) {
  const auto message = ReadMessage(quick_, kBroadcastStream, sequence);
  if (!message.ok()) return message.status();
  BroadcastMark mark{.checkpoint = HeaderOf(message->get(), "Users-Checkpoint")};
  if (!absl::SimpleAtoi(HeaderOf(message->get(), "Users-Seq"), &mark.sequence)) mark.sequence = 0;
  return mark;
}

absl::Status NatsBroadcastStream::Publish(const BroadcastRequest& request) {
  const auto message = MakeBroadcast(
      request, request.wants_answer
                   ? absl::StrCat(inbox_, ".", request.run, ".", request.expected_last)
                   : "");
  if (!message.ok()) return message.status();
  const NatsConnection& nats = request.at_once ? quick_ : bulk_;
  return FromNats(natsConnection_PublishMsg(nats.get(), message->get()), "broadcast");
}

void NatsBroadcastStream::Listen(Listener listener) {
  MutexLock lock(mutex_);
  listener_ = std::move(listener);
}

void NatsBroadcastStream::OnAnswer(MessageHandle message) {
  const absl::string_view subject = natsMsg_GetSubject(message.get());
  const absl::string_view name = subject.substr(std::min(subject.size(), inbox_.size() + 1));
  const size_t dot = name.find('.');
  Answer answer{.stored_at = ParsePublishAnswer(PayloadOf(message.get()))};
  if (dot == name.npos || !absl::SimpleAtoi(name.substr(0, dot), &answer.run) ||
      !absl::SimpleAtoi(name.substr(dot + 1), &answer.expected_last)) {
    return;
  }
  MutexLock lock(mutex_);
  if (listener_) listener_(answer);
}

void NatsBroadcastStream::Beat(const std::string& epoch, int64_t sequence) {
  (void)quick_.Publish(kHeartbeatSubject, EncodeHeartbeat(epoch, sequence));
}

}  // namespace usersync::bridge
