#include "store/timestamp.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"

namespace usersync::store {
namespace {

// "YYYY-MM-DDThh:mm:ss", before the fraction and the Z.
constexpr size_t kSecondsLength = 19;
constexpr size_t kMostFractionDigits = 6;

int DaysOf(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// The number that stands there, or -1 if it is not all digits.
int NumberAt(absl::string_view text, size_t start, size_t count) {
  int number = 0;
  for (const char c : text.substr(start, count)) {
    if (!absl::ascii_isdigit(c)) return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

bool IsBetween(int number, int least, int most) { return least <= number && number <= most; }

bool HasMarks(absl::string_view text) {
  return text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':';
}

// "" or ".123": what stands between the seconds and the Z.
bool IsFraction(absl::string_view text) {
  if (text.empty()) return true;
  return text.front() == '.' && text.size() >= 2 && text.size() <= 1 + kMostFractionDigits &&
         std::all_of(text.begin() + 1, text.end(), absl::ascii_isdigit);
}

// The seconds, and the fraction without trailing zeros: both compare as text.
std::pair<absl::string_view, absl::string_view> Parts(absl::string_view text) {
  absl::string_view fraction = text.substr(std::min(text.size(), kSecondsLength));
  const size_t last = fraction.find_last_not_of(".0Z");
  return {text.substr(0, kSecondsLength),
          last == absl::string_view::npos ? "" : fraction.substr(0, last + 1)};
}

}  // namespace

bool IsTimestamp(absl::string_view text) {
  if (text.size() <= kSecondsLength || text.back() != 'Z' || !HasMarks(text)) return false;
  const absl::string_view fraction =
      text.substr(kSecondsLength, text.size() - kSecondsLength - sizeof('Z'));
  const int year = NumberAt(text, 0, 4);
  const int month = NumberAt(text, 5, 2);
  return IsFraction(fraction) && IsBetween(year, 1, 9999) && IsBetween(month, 1, 12) &&
         IsBetween(NumberAt(text, 8, 2), 1, DaysOf(year, month)) &&
         IsBetween(NumberAt(text, 11, 2), 0, 23) && IsBetween(NumberAt(text, 14, 2), 0, 59) &&
         IsBetween(NumberAt(text, 17, 2), 0, 59);
}

bool IsLater(absl::string_view a, absl::string_view b) { return Parts(a) > Parts(b); }

}  // namespace usersync::store
