// The options of a program, each declared once: `store-port` is the flag --store-port, the
// variable USERSYNC_STORE_PORT and a line of --help. A flag overrides its variable.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace usersync {

class OptionSet {
 public:
  // `usage` is the text of --help above the options.
  OptionSet(std::string program, std::string usage);

  // Each `value` holds the default and must outlive the set.
  void Add(std::string name, std::string* value, std::string help);
  // One of `choices`, which the help lists behind `help`.
  void Add(std::string name, std::string* value, std::vector<std::string> choices,
           std::string help);
  void Add(std::string name, bool* value, std::string help);
  void Add(std::string name, int* value, int least, int most, std::string help);
  void Add(std::string name, absl::Duration* value, std::string help);

  // An option that has only a variable, because command lines are seen by everybody.
  void AddSecret(std::string name, std::string* value, std::string help);

  // Reads the environment, then the arguments. Returns what is left: commands and operands.
  // INVALID_ARGUMENT names the flag or the variable and its rule. After --help or --version
  // the text to print is in `answer`, and the result is empty.
  absl::StatusOr<std::vector<std::string>> Parse(int argc, const char* const* argv,
                                                 std::string* answer);

  std::string Help() const;

 private:
  struct Option {
    std::string name;
    std::string help;
    std::string default_text;
    bool is_switch = false;
    bool is_secret = false;
    std::function<absl::Status(const std::string& source, absl::string_view text)> set;
  };

  absl::Status ReadEnvironment() const;
  const Option* Find(absl::string_view name) const;

  const std::string program_;
  const std::string usage_;
  std::vector<Option> options_;
};

}  // namespace usersync
