#include "store/signed_note.h"

#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "store/digest.h"

namespace usersync::store {
namespace {

constexpr size_t kKeyBytes = 32;
constexpr size_t kSignatureBytes = 64;
constexpr size_t kKeyIdBytes = 4;
constexpr char kAlgorithm = '\x01';
// An em dash and a space.
constexpr char kSignatureMark[] = "\xe2\x80\x94 ";

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string KeyIdOf(absl::string_view name, absl::string_view public_key) {
  return Sha256(absl::StrCat(name, "\n", absl::string_view(&kAlgorithm, 1)), public_key)
      .substr(0, kKeyIdBytes);
}

}  // namespace

absl::StatusOr<Note> ParseNote(absl::string_view note) {
  const size_t end = note.rfind("\n\n");
  if (end == absl::string_view::npos || !absl::EndsWith(note, "\n")) {
    return absl::InvalidArgumentError("not a signed note");
  }
  return Note{std::string(note.substr(0, end + 1)), std::string(note.substr(end + 2))};
}

NoteVerifier::NoteVerifier(std::string name, const std::string& public_key)
    : name_(std::move(name)),
      key_id_(KeyIdOf(name_, public_key)),
      key_(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key),
                                       public_key.size()),
           &EVP_PKEY_free) {}

absl::StatusOr<NoteVerifier> NoteVerifier::Parse(absl::string_view vkey) {
  // The last part may hold a plus, the name may not.
  const std::vector<std::string> parts = absl::StrSplit(vkey, absl::MaxSplits('+', 2));
  std::string key;
  if (parts.size() == 3 && !parts[0].empty() && absl::Base64Unescape(parts[2], &key) &&
      key.size() == 1 + kKeyBytes && key[0] == kAlgorithm) {
    NoteVerifier verifier(parts[0], key.substr(1));
    if (verifier.key_ != nullptr && absl::BytesToHexString(verifier.key_id_) == parts[1]) {
      return verifier;
    }
  }
  return absl::InvalidArgumentError("not a verifier key (name+hash+key)");
}

bool NoteVerifier::Verify(const Note& note) const {
  for (absl::string_view line : absl::StrSplit(note.signatures, '\n')) {
    if (!absl::ConsumePrefix(&line, absl::StrCat(kSignatureMark, name_, " "))) continue;
    std::string signature;
    if (!absl::Base64Unescape(line, &signature) ||
        signature.size() != kKeyIdBytes + kSignatureBytes ||
        signature.substr(0, kKeyIdBytes) != key_id_) {
      continue;
    }
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1 &&
        EVP_DigestVerify(context.get(), Bytes(signature) + kKeyIdBytes, kSignatureBytes,
                         Bytes(note.text), note.text.size()) == 1) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<NoteSigner> NoteSigner::FromSeed(const std::string& seed) {
  if (seed.size() != kKeyBytes) {
    return absl::InvalidArgumentError("a key of Ed25519 has 32 bytes");
  }
  KeyPointer key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()),
                 &EVP_PKEY_free);
  unsigned char bytes[kKeyBytes];
  size_t size = sizeof(bytes);
  if (key == nullptr || EVP_PKEY_get_raw_public_key(key.get(), bytes, &size) != 1) {
    return absl::InternalError("OpenSSL has no Ed25519");
  }
  return NoteSigner(std::move(key), std::string(reinterpret_cast<char*>(bytes), size));
}

std::string NoteSigner::Sign(absl::string_view name, absl::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  unsigned char signature[kSignatureBytes];
  size_t size = sizeof(signature);
  // Fails only without memory: nothing could go on then.
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature, &size, Bytes(text), text.size()) != 1) {
    std::abort();
  }
  const absl::string_view bytes(reinterpret_cast<char*>(signature), size);
  return absl::StrCat(text, "\n", kSignatureMark, name, " ",
                      absl::Base64Escape(absl::StrCat(KeyIdOf(name, public_key_), bytes)), "\n");
}

std::string NoteSigner::VerifierKey(absl::string_view name) const {
  return absl::StrCat(
      name, "+", absl::BytesToHexString(KeyIdOf(name, public_key_)), "+",
      absl::Base64Escape(absl::StrCat(absl::string_view(&kAlgorithm, 1), public_key_)));
}

}  // namespace usersync::store
