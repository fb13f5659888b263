#include "store/signed_heads.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "store/head_file.h"
#include "store/signed_note.h"

namespace usersync::store {
namespace {

std::string TextOfFile(const std::string& path) {
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return std::string(absl::StripAsciiWhitespace(text));
}

void Add(absl::string_view text, const NoteVerifier& verifier, SignedHeads& read) {
  auto head = ParseLogHead(text);
  const auto note = ParseNote(text);
  if (!head.ok() || !note.ok()) {
    read.flaws.push_back("a note among the signed heads is no head of a log");
  } else if (head->origin != verifier.name()) {
    ++read.foreign;
  } else if (!verifier.Verify(*note)) {
    read.flaws.push_back(
        absl::StrCat("the head of ", head->size, " versions was not signed by the log's key"));
  } else {
    read.heads.push_back(*std::move(head));
  }
}

}  // namespace

absl::StatusOr<SignedHeads> ReadSignedHeads(const std::string& heads_path,
                                            const std::string& vkey_path,
                                            const std::string& epoch) {
  SignedHeads read;
  const std::string vkey = TextOfFile(vkey_path);
  const bool is_signed = !vkey.empty();
  auto verifier = NoteVerifier::Parse(vkey);
  if (is_signed && !verifier.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(vkey_path, ": ", verifier.status().message()));
  }
  if (is_signed && !absl::EndsWith(verifier->name(), "/" + epoch)) {
    read.flaws.push_back(absl::StrCat("the database is not the log ", verifier->name()));
  }
  const absl::Status status = HeadFile::Read(heads_path, [&](absl::string_view note) {
    if (is_signed) Add(note, *verifier, read);
  });
  if (!is_signed && status.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat("no key to check the signed heads with: ", vkey_path));
  }
  if (!status.ok() && (is_signed || !absl::IsNotFound(status))) return status;
  return read;
}

}  // namespace usersync::store
