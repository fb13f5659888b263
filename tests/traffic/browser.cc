#include "tests/traffic/browser.h"

#include "absl/strings/numbers.h"
#include "tests/harness/must.h"

namespace usersync::tests {
namespace {

using nlohmann::json;

constexpr absl::Duration kAnswerTime = absl::Seconds(5);

}  // namespace

Browser::Browser(std::unique_ptr<NatsClient> client, const std::string& actor)
    : client_(std::move(client)),
      subject_(actor.empty() ? "users.pull" : "users.pull." + actor),
      live_(Must(client_->Subscribe("users.broadcast"))) {}

absl::Status Browser::CatchUp(int limit) {
  for (const NatsMessage& message : live_->TakeAll()) {
    if (!is_behind_ && !TakeLive(message)) is_behind_ = true;
  }
  return is_behind_ ? Pull(limit) : absl::OkStatus();
}

absl::Status Browser::Pull(int limit) {
  // What arrives from now on comes after what the pulls answer, or is in it already.
  live_->TakeAll();
  bool more = true;
  while (more) {
    if (auto status = PullPage(limit, &more); !status.ok()) return status;
  }
  is_behind_ = false;
  return absl::OkStatus();
}

bool Browser::TakeLive(const NatsMessage& message) {
  int64_t seq = 0;
  if (!absl::SimpleAtoi(message.Header("Users-Seq"), &seq)) return true;
  const bool is_same_history = epoch_.empty() || message.Header("Users-Epoch") == epoch_;
  if (seq != last_ + 1 || !is_same_history) return false;
  epoch_ = message.Header("Users-Epoch");
  checkpoint_ = message.Header("Users-Checkpoint");
  last_ = seq;
  if (message.payload.empty()) return true;
  const json document = json::parse(message.payload);
  state_[document["id"]] = document;
  return true;
}

absl::Status Browser::PullPage(int limit, bool* more) {
  const json request = {{"checkpoint", checkpoint_}, {"limit", limit}};
  const auto answer = client_->Request(subject_, request.dump(), kAnswerTime);
  if (!answer.ok()) return answer.status();
  const json page = json::parse(answer->payload);
  if (page.contains("error")) {
    if (page["error"]["reason"] != "CHECKPOINT_DIVERGED") {
      return absl::UnavailableError(page["error"].dump());
    }
    ++divergences_;
    state_.clear();
    checkpoint_ = nullptr;
    last_ = 0;
    return absl::OkStatus();
  }
  for (const json& document : page["documents"]) state_[document["id"]] = document;
  if (!page["seqs"].empty()) last_ = page["seqs"].back();
  checkpoint_ = page["checkpoint"];
  *more = page["more"];
  return absl::OkStatus();
}

}  // namespace usersync::tests
