// Publishes plain documents, one after the other: what any NATS client can do without knowing
// usersync. Not thread-safe.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/harness/nats_client.h"

namespace usersync::tests {

class PlainAuthor {
 public:
  // `actor` empty: the anonymous one.
  PlainAuthor(std::unique_ptr<NatsClient> client, const std::string& actor);

  // The actor that versions name.
  std::string actor() const;

  void Publish(const nlohmann::json& document);

  // Publishes `count` edits, each unlike any before, of users `<prefix>-0`, `<prefix>-1`, … in
  // turn, and waits until the server has them. One that is killed meanwhile may lose some.
  void PublishEdits(int count, int users, const std::string& prefix);

  const std::vector<nlohmann::json>& published() const { return published_; }

 private:
  const std::unique_ptr<NatsClient> client_;
  const std::string actor_;
  std::vector<nlohmann::json> published_;
};

}  // namespace usersync::tests
