#include "store/signed_note.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "store/log_head.h"

namespace usersync::store {
namespace {

constexpr char kName[] = "localhost/usersync/00000000-0000-4000-8000-000000000000";

NoteSigner Signer() {
  return NoteSigner::FromSeed(
             absl::HexStringToBytes(
                 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))
      .value();
}

// The head of the worked example.
std::string Text() {
  return TextOf({.origin = kName,
                 .size = 3,
                 .root = absl::HexStringToBytes(
                     "2dff14996624febfdb626a1cda0ef706f02561ca6263a138a00819503683539f")});
}

TEST(SignedNote, IsTheOneThatTheIndependentVerifierKnows) {
  EXPECT_EQ(Signer().VerifierKey(kName),
            absl::StrCat(kName, "+1f7bb4d3+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"));
  EXPECT_EQ(Signer().Sign(kName, Text()),
            absl::StrCat(Text(), "\n\xe2\x80\x94 ", kName,
                         " H3u00/yH3Y/JkK1gUEUWKt6bdAd5B2GmfOkAPRbZfPUPD/"
                         "cmcVspwCcmYPCDi6P7c1fkB7LqATTUpfyM0zmm95FU9Ao=\n"));
}

TEST(SignedNote, IsOpenedWithTheKeyThatSignedIt) {
  const auto verifier = NoteVerifier::Parse(Signer().VerifierKey(kName)).value();
  EXPECT_EQ(verifier.name(), kName);
  const auto note = ParseNote(Signer().Sign(kName, Text())).value();
  EXPECT_EQ(note.text, Text());
  EXPECT_TRUE(verifier.Verify(note));
}

TEST(SignedNote, IsNotOpenedOnceItWasTouched) {
  const auto verifier = NoteVerifier::Parse(Signer().VerifierKey(kName)).value();
  const std::string signed_text = Signer().Sign(kName, Text());
  EXPECT_FALSE(
      verifier.Verify(ParseNote(absl::StrReplaceAll(signed_text, {{"\n3\n", "\n4\n"}})).value()));
  const auto other = NoteSigner::FromSeed(std::string(32, 'x')).value();
  EXPECT_FALSE(verifier.Verify(ParseNote(other.Sign(kName, Text())).value()));
  EXPECT_FALSE(verifier.Verify(ParseNote(Signer().Sign("another/log", Text())).value()));
  EXPECT_FALSE(verifier.Verify({Text(), "\xe2\x80\x94 x\n"}));
}

TEST(SignedNote, RefusesWhatIsNoKeyAndNoNote) {
  std::string vkey = Signer().VerifierKey(kName);
  EXPECT_FALSE(NoteVerifier::Parse("").ok());
  EXPECT_FALSE(NoteVerifier::Parse("a" + vkey).ok());
  EXPECT_FALSE(NoteVerifier::Parse(vkey.substr(0, vkey.size() - 4)).ok());
  EXPECT_FALSE(NoteSigner::FromSeed("short").ok());
  EXPECT_FALSE(ParseNote("one line\n").ok());
  EXPECT_FALSE(ParseNote("").ok());
}

}  // namespace
}  // namespace usersync::store
