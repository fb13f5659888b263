#include "common/options.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/version.h"

namespace usersync {
namespace {

std::string Variable(absl::string_view name) {
  return absl::StrCat("USERSYNC_", absl::AsciiStrToUpper(absl::StrReplaceAll(name, {{"-", "_"}})));
}

absl::Status Invalid(const std::string& source, absl::string_view rule, absl::string_view text) {
  return absl::InvalidArgumentError(
      absl::StrCat(source, " must be ", rule, ", not \"", text, "\""));
}

}  // namespace

OptionSet::OptionSet(std::string program, std::string usage)
    : program_(std::move(program)), usage_(std::move(usage)) {}

void OptionSet::Add(std::string name, std::string* value, std::string help) {
  options_.push_back({.name = std::move(name),
                      .help = std::move(help),
                      .default_text = *value,
                      .set = [value](const std::string&, absl::string_view text) {
                        *value = std::string(text);
                        return absl::OkStatus();
                      }});
}

void OptionSet::Add(std::string name, std::string* value, std::vector<std::string> choices,
                    std::string help) {
  const std::string list = absl::StrJoin(choices, ", ");
  options_.push_back({.name = std::move(name),
                      .help = absl::StrCat(help, " One of: ", list, "."),
                      .default_text = *value,
                      .set = [value, list, choices = std::move(choices)](const std::string& source,
                                                                         absl::string_view text) {
                        if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
                          return absl::InvalidArgumentError(absl::StrCat(
                              source, " must be one of ", list, ", not \"", text, "\""));
                        }
                        *value = std::string(text);
                        return absl::OkStatus();
                      }});
}

void OptionSet::Add(std::string name, bool* value, std::string help) {
  options_.push_back({.name = std::move(name),
                      .help = std::move(help),
                      .default_text = *value ? "true" : "false",
                      .is_switch = true,
                      .set = [value](const std::string& source, absl::string_view text) {
                        if (absl::SimpleAtob(text, value)) return absl::OkStatus();
                        return Invalid(source, "true or false", text);
                      }});
}

void OptionSet::Add(std::string name, int* value, int least, int most, std::string help) {
  options_.push_back(
      {.name = std::move(name),
       .help = std::move(help),
       .default_text = absl::StrCat(*value),
       .set = [value, least, most](const std::string& source, absl::string_view text) {
         int number = 0;
         if (absl::SimpleAtoi(text, &number) && number >= least && number <= most) {
           *value = number;
           return absl::OkStatus();
         }
         return Invalid(source, absl::StrCat("a number from ", least, " to ", most), text);
       }});
}

void OptionSet::Add(std::string name, absl::Duration* value, std::string help) {
  options_.push_back({.name = std::move(name),
                      .help = std::move(help),
                      .default_text = absl::FormatDuration(*value),
                      .set = [value](const std::string& source, absl::string_view text) {
                        absl::Duration duration;
                        if (absl::ParseDuration(text, &duration) &&
                            duration > absl::ZeroDuration()) {
                          *value = duration;
                          return absl::OkStatus();
                        }
                        return Invalid(source, "a positive duration such as 10s or 500ms", text);
                      }});
}

void OptionSet::AddSecret(std::string name, std::string* value, std::string help) {
  Add(std::move(name), value, std::move(help));
  options_.back().is_secret = true;
}

absl::StatusOr<std::vector<std::string>> OptionSet::Parse(int argc, const char* const* argv,
                                                          std::string* answer) {
  if (auto status = ReadEnvironment(); !status.ok()) return status;
  std::vector<std::string> rest;
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (!absl::ConsumePrefix(&argument, "--")) {
      rest.emplace_back(argument);
      continue;
    }
    if (argument == "help" || argument == "version") {
      *answer = argument == "help" ? Help() : absl::StrCat(program_, " ", kVersion, "\n");
      return std::vector<std::string>();
    }
    const size_t equals = argument.find('=');
    const absl::string_view name = argument.substr(0, equals);
    const Option* option = Find(name);
    if (option == nullptr || option->is_secret) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, " is no option of ", program_, "; see --help"));
    }
    absl::string_view text;
    if (equals != absl::string_view::npos) {
      text = argument.substr(equals + 1);
    } else if (option->is_switch) {
      text = "true";
    } else if (i + 1 < argc) {
      text = argv[++i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value"));
    }
    if (auto status = option->set(absl::StrCat("--", name), text); !status.ok()) return status;
  }
  return rest;
}

absl::Status OptionSet::ReadEnvironment() const {
  for (const auto& option : options_) {
    const std::string variable = Variable(option.name);
    const char* text = std::getenv(variable.c_str());
    if (text == nullptr || *text == '\0') continue;
    if (auto status = option.set(variable, text); !status.ok()) return status;
  }
  return absl::OkStatus();
}

const OptionSet::Option* OptionSet::Find(absl::string_view name) const {
  for (const auto& option : options_) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

std::string OptionSet::Help() const {
  std::string text = absl::StrCat(usage_, "\nOptions, each also as a variable:\n");
  for (const auto& option : options_) {
    const std::string flag = option.is_secret ? "" : absl::StrCat("--", option.name, "  ");
    absl::StrAppend(&text, "  ", flag, Variable(option.name), "\n      ", option.help);
    if (!option.default_text.empty()) absl::StrAppend(&text, " [", option.default_text, "]");
    absl::StrAppend(&text, "\n");
  }
  absl::StrAppend(&text, "  --help\n  --version\n");
  return text;
}

}  // namespace usersync
