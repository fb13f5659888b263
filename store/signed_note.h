// Signed notes (C2SP signed-note): a text, an empty line, and lines "— <name> <signature>". The
// only kind of key here is Ed25519.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace usersync::store {

// A note cut into its parts; nothing is checked.
struct Note {
  // Ends with a newline.
  std::string text;
  // The lines below the empty one, newlines included.
  std::string signatures;
};

// INVALID_ARGUMENT if it is no note.
absl::StatusOr<Note> ParseNote(absl::string_view note);

using KeyPointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// Checks notes. Thread-safe.
class NoteVerifier {
 public:
  // Reads "<name>+<hash>+<key>" (C2SP vkey). INVALID_ARGUMENT if it is none.
  static absl::StatusOr<NoteVerifier> Parse(absl::string_view vkey);

  // Whether one of the signatures is of this key.
  bool Verify(const Note& note) const;

  const std::string& name() const { return name_; }

 private:
  NoteVerifier(std::string name, const std::string& public_key);

  std::string name_;
  std::string key_id_;
  KeyPointer key_;
};

// Makes notes. Thread-safe.
class NoteSigner {
 public:
  // `seed` is the private key: 32 bytes. INVALID_ARGUMENT if it is not.
  static absl::StatusOr<NoteSigner> FromSeed(const std::string& seed);

  // `text` ends with a newline. `name` has neither spaces nor a plus.
  std::string Sign(absl::string_view name, absl::string_view text) const;

  // The vkey with which everybody can check what is signed under this name.
  std::string VerifierKey(absl::string_view name) const;

 private:
  NoteSigner(KeyPointer key, std::string public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}

  KeyPointer key_;
  std::string public_key_;
};

}  // namespace usersync::store
