"""The verifier on the worked example of store/README.md, on RFC 8032's vectors, and on a running system's files."""

import copy
import json
import tempfile
import unittest

from tests.verifier import usersync_verify as verify

NONE = "00" * 32
HASHES = ("9f43a085ca125886f6a3a3b726035880bc989b37003f64401a072ef6e184657d",
          "662b1d0ee9b9551070cb211d34f90ecae7bc8489723e980fe5ef5de1e5fb762c",
          "71cd6d4a6a106a30416c8bfca7d30e629aa2223f8c1bf85ec747b2e7014c4ea8")
ROOT2 = bytes.fromhex("53208703678a97f222a24cbded68c448f6c376b178dee48b73394b475c4841f0")
ROOT3 = bytes.fromhex("2dff14996624febfdb626a1cda0ef706f02561ca6263a138a00819503683539f")
LEAVES = [bytes.fromhex(text) for text in HASHES]

# What OpenSSL signed with the key 00 01 02 ... 1f.
NAME = "localhost/usersync/00000000-0000-4000-8000-000000000000"
VKEY = NAME + "+1f7bb4d3+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
HEAD = (f"{NAME}\n3\nLf8UmWYk/r/bYmoc2g73BvAlYcpiY6E4oAgZUDaDU58=\n\n— {NAME} "
        "H3u00/yH3Y/JkK1gUEUWKt6bdAd5B2GmfOkAPRbZfPUPD/cmcVspwCcmYPCDi6P7c1fkB7LqATTUpfyM0zmm95FU9Ao=\n")


def document(number, email, status, updated_at):
    return {"_deleted": False, "created_at": "2024-01-01T00:00:00Z", "email": email, "id": f"u-{number}",
            "status": status, "updated_at": updated_at}


def line(seq, user, version, actor, auth, action, committed_at, changed, before, content, mutation, reason=None):
    """A line of an export, with its hashes made here."""
    body = {"audit": None, "document": content, "mutation_id": mutation, "object_id": user, "object_type": "user",
            "reason": reason}
    body_salt, actor_salt = bytes([0xb0 + seq] * 16), bytes([0xa0 + seq] * 16)
    digest = verify.hmac.digest
    entry = {"action": action, "actor_hash": digest(actor_salt, verify.jcs(actor), "sha256").hex(), "auth": auth,
             "body_hash": digest(body_salt, verify.jcs(body), "sha256").hex(), "changed_fields": changed,
             "committed_at": str(committed_at), "format": "usersync.version.1", "prev_hash": before,
             "seq": str(seq), "version": str(version)}
    return {"actor": actor, "actor_salt": actor_salt.hex(), "body": body, "body_salt": body_salt.hex(),
            "entry": entry, "hash": verify.leaf_hash(verify.jcs(entry)).hex(), "user": user}


ALL_FIELDS = ["created_at", "email", "id", "status", "updated_at"]
EXPORT = [
    line(1, "u-1", 1, "alice", "nats", "create", 1704067200000000, ALL_FIELDS, NONE,
         document(1, "ann@example.com", "active", "2024-01-01T00:00:00Z"), "m-1"),
    line(2, "u-1", 2, "bob", "jwt", "update", 1704153600000001, ["status", "updated_at"], HASHES[0],
         document(1, "ann@example.com", "é\"\n", "2024-01-02T00:00:00.000Z"), "m-2", "why"),
    line(3, "u-2", 1, "frontend-client", "none", "create", 1704153600000002, ALL_FIELDS, NONE,
         document(2, "bo@example.com", "active", "2024-01-01T00:00:00Z"), "m-3"),
]
HEADS = [(2, ROOT2), (3, ROOT3)]


def flaws(lines, heads=HEADS):
    return list(verify.verify_export(map(json.dumps, lines), heads))


class ExportTest(unittest.TestCase):
    """The three versions of the worked example, and every way to cheat with them."""

    def changed(self, index, path, value):
        lines = copy.deepcopy(EXPORT)
        place = lines[index]
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        return lines

    def test_the_worked_example_has_its_hashes_and_holds(self):
        self.assertEqual([entry["hash"] for entry in EXPORT], list(HASHES))
        self.assertEqual(flaws(EXPORT), [])

    def test_a_changed_body_is_found(self):
        self.assertEqual(flaws(self.changed(1, ("body", "document", "status"), "boss")),
                         ["line 2: the body is not what was committed"])

    def test_a_changed_actor_is_found(self):
        self.assertEqual(flaws(self.changed(1, ("actor",), "mallory")),
                         ["line 2: the actor is not what was committed"])

    def test_a_changed_entry_is_found(self):
        self.assertEqual(flaws(self.changed(1, ("entry", "committed_at"), "1")),
                         ["line 2: the entry is not what was committed"])

    def test_a_removed_middle_is_found(self):
        self.assertIn("line 2: sequence 3 stands where 2 should", flaws([EXPORT[0], EXPORT[2]]))

    def test_a_cut_tail_is_found(self):
        self.assertEqual(flaws(EXPORT[:2]), ["a head of 3 versions was signed, and only 2 are here"])

    def test_a_swapped_order_is_found(self):
        self.assertIn("line 2: sequence 3 stands where 2 should", flaws([EXPORT[0], EXPORT[2], EXPORT[1]]))

    def test_a_rewritten_history_with_hashes_that_agree_is_found(self):
        other = [line(1, "u-1", 1, "mallory", "nats", "create", 1, [], NONE, document(1, "a@b.cd", "x", "y"), "m-1"),
                 line(2, "u-2", 1, "mallory", "nats", "create", 1, [], NONE, document(2, "b@b.cd", "x", "y"), "m-2")]
        self.assertEqual(flaws(other, HEADS[:1]), ["the first 2 versions are not those whose head was signed"])

    def test_erased_content_keeps_the_proofs(self):
        lines = copy.deepcopy(EXPORT)
        lines[0].update(actor=None, actor_salt=None, body=None, body_salt=None)
        self.assertEqual(flaws(lines), [])


class ArchiveTest(unittest.TestCase):
    """An archive alone: the versions of one full subtree."""

    def flaws(self, lines, root):
        return list(verify.verify_archive(map(json.dumps, lines), root))

    def test_a_full_subtree_holds(self):
        self.assertEqual(self.flaws(EXPORT[:2], ROOT2), [])

    def test_a_later_one_may_go_on_with_users_of_before(self):
        self.assertEqual(self.flaws(EXPORT[1:2], LEAVES[1]), [])

    def test_another_root_or_part_is_refused(self):
        self.assertEqual(self.flaws(EXPORT[:2], ROOT3), ["the root is another"])
        self.assertEqual(self.flaws(EXPORT, ROOT3), ["3 versions from 1 on are no full subtree"])
        self.assertEqual(self.flaws(EXPORT[1:], ROOT2), ["2 versions from 2 on are no full subtree"])
        self.assertEqual(self.flaws([], ROOT2), ["0 versions from None on are no full subtree"])

    def test_a_changed_version_is_found(self):
        lines = copy.deepcopy(EXPORT[:2])
        lines[1]["body"]["reason"] = "another"
        self.assertEqual(self.flaws(lines, ROOT2), ["line 2: the body is not what was committed"])


class ProofTest(unittest.TestCase):
    """Proofs of the tree."""

    def test_the_worked_example_is_proved(self):
        self.assertTrue(verify.verify_inclusion(1, 3, LEAVES[1], [LEAVES[0], LEAVES[2]], ROOT3))
        self.assertTrue(verify.verify_consistency(2, ROOT2, 3, ROOT3, [LEAVES[2]]))

    def test_another_leaf_root_or_path_is_refused(self):
        self.assertFalse(verify.verify_inclusion(0, 3, LEAVES[1], [LEAVES[0], LEAVES[2]], ROOT3))
        self.assertFalse(verify.verify_inclusion(1, 3, LEAVES[1], [LEAVES[2], LEAVES[0]], ROOT3))
        self.assertFalse(verify.verify_inclusion(1, 3, LEAVES[1], [LEAVES[0]], ROOT3))
        self.assertFalse(verify.verify_inclusion(3, 3, LEAVES[1], [LEAVES[0], LEAVES[2]], ROOT3))
        self.assertFalse(verify.verify_consistency(2, ROOT3, 3, ROOT3, [LEAVES[2]]))
        self.assertFalse(verify.verify_consistency(2, ROOT2, 3, ROOT2, [LEAVES[2]]))
        self.assertFalse(verify.verify_consistency(2, ROOT2, 3, ROOT3, []))


class SignatureTest(unittest.TestCase):
    """Ed25519 and signed heads."""

    def test_the_vectors_of_rfc_8032_verify(self):
        for key, message, signature in (
                ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                 "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                 "d25bf5f0595bbe24655141438e7a100b"),
                ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                 "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                 "387b2eaeb4302aeeb00d291612bb0c00")):
            key, message, signature = (bytes.fromhex(text) for text in (key, message, signature))
            self.assertTrue(verify.verify_ed25519(key, message, signature))
            self.assertFalse(verify.verify_ed25519(key, message + b"x", signature))
            self.assertFalse(verify.verify_ed25519(key, message, signature[:-1] + b"\x01"))

    def test_a_signed_head_opens(self):
        self.assertEqual(verify.open_head(HEAD, VKEY), (3, ROOT3))

    def test_a_forged_head_does_not(self):
        with self.assertRaises(ValueError):
            verify.open_head(HEAD.replace("\n3\n", "\n4\n"), VKEY)

    def test_a_file_of_heads_is_cut_into_its_notes(self):
        self.assertEqual(verify.notes_of(HEAD + "\n" + HEAD + "\n"), [HEAD, HEAD])
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as heads, \
                tempfile.NamedTemporaryFile("w", encoding="utf-8") as vkey:
            heads.write(HEAD + "\n" + HEAD.replace("\n3\n", "\n4\n") + "\n")
            vkey.write(VKEY)
            heads.flush()
            vkey.flush()
            good, bad = verify.open_heads(heads.name, vkey.name)
        self.assertEqual(good, [(3, ROOT3)])
        self.assertEqual(len(bad), 1)


if __name__ == "__main__":
    unittest.main()
