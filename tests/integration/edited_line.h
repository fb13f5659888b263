// A whole line, running, with a crowd around it and one anonymous author of plain edits.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "tests/traffic/crowd.h"

namespace usersync::tests {

class EditedLine : public testing::Test {
 protected:
  EditedLine() {
    line_.Start();
    crowd_ = std::make_unique<Crowd>(line_);
    author_ = &crowd_->AddPlainAuthor();
  }

  // Publishes so many edits of four users, and waits until everybody has seen them.
  void PublishAndSettle(int count) {
    author_->PublishEdits(count, 4, "edited");
    crowd_->Settle();
  }

  Line line_;
  std::unique_ptr<Crowd> crowd_;
  PlainAuthor* author_ = nullptr;
};

}  // namespace usersync::tests
