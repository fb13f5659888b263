#include "tests/traffic/plain_author.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/harness/eventually.h"
#include "tests/harness/must.h"
#include "tests/traffic/documents.h"

namespace usersync::tests {

PlainAuthor::PlainAuthor(std::unique_ptr<NatsClient> client, const std::string& actor)
    : client_(std::move(client)), actor_(actor) {}

std::string PlainAuthor::actor() const { return actor_.empty() ? "frontend-client" : actor_; }

void PlainAuthor::Publish(const nlohmann::json& document) {
  const std::string subject = actor_.empty() ? "users.update" : "users.update." + actor_;
  Must(client_->Publish(subject, document.dump()));
  published_.push_back(document);
}

void PlainAuthor::PublishEdits(int count, int users, const std::string& prefix) {
  for (int i = 0; i < count; ++i) {
    const size_t number = published_.size();
    nlohmann::json document =
        MakeDocument(absl::StrCat(prefix, "-", number % users), absl::StrCat("edit ", number));
    document["updated_at"] = MomentText(static_cast<int64_t>(number));
    Publish(document);
  }
  // While the server is away there is nothing to wait for, and it fails at once.
  EXPECT_TRUE(Eventually([this] { return client_->Flush().ok(); }));
}

}  // namespace usersync::tests
