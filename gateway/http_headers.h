// The header fields of an HTTP message: names in lower case, in the order received, repeated
// names kept apart.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace usersync::gateway {

class HttpHeaders {
 public:
  using value_type = std::pair<std::string, std::string>;
  using const_iterator = std::vector<value_type>::const_iterator;

  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<value_type> fields) : fields_(fields) {}

  // `name` must be in lower case.
  void Add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }

  // Takes the place of all under this name.
  void Set(const std::string& name, std::string value) {
    std::erase_if(fields_, [&](const value_type& field) { return field.first == name; });
    Add(name, std::move(value));
  }

  // The first value under a name.
  std::optional<absl::string_view> Find(absl::string_view name) const {
    for (const auto& [key, value] : fields_) {
      if (key == name) return value;
    }
    return std::nullopt;
  }

  // The same, or "".
  absl::string_view Get(absl::string_view name) const { return Find(name).value_or(""); }

  size_t Count(absl::string_view name) const {
    size_t count = 0;
    for (const auto& [key, value] : fields_) count += key == name ? 1 : 0;
    return count;
  }

  const_iterator begin() const { return fields_.begin(); }
  const_iterator end() const { return fields_.end(); }

 private:
  std::vector<value_type> fields_;
};

}  // namespace usersync::gateway
