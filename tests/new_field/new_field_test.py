"""A new field of the document is one line of a proto and one migration: tried on a copy of the tree."""

import json
import pathlib
import re
import shutil
import unittest

from common.run.state import ROOT
from tests.running.running_system import RunningSystem

# A cold machine compiles everything, and others may use it.
BUILD_SECONDS = 1500

NOT_SOURCES = shutil.ignore_patterns(".git", ".usersync", "build", "node_modules", "__pycache__")

PROTO_LINE = """
  // A telephone number.
  optional string phone = 8;
"""
MIGRATION = "ALTER TABLE users ADD COLUMN phone TEXT GENERATED ALWAYS AS (document->>'phone') STORED;\n"

OLD_VERSIONS = ("SELECT id, json::text, body_salt, actor_salt, body_hash, actor_hash, prev_hash, hash "
                "FROM version WHERE id <= %s ORDER BY id")


def document(**fields):
    return {"id": "new-field", "email": "new-field@example.com", "status": "active",
            "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z", "_deleted": False, **fields}


def mutation(wanted, assumed):
    return {"document": wanted, "assumed": assumed}


def copy_of_the_tree(target):
    """The sources as they are now, without what was built of them."""
    return pathlib.Path(shutil.copytree(ROOT, target, symlinks=True, ignore=NOT_SOURCES))


def add_the_field(tree):
    proto = tree / "protos" / "users" / "v1" / "user.proto"
    before, last, after = proto.read_text(encoding="utf-8").partition("  bool deleted = 7;\n")
    proto.write_text(before + last + PROTO_LINE + after, encoding="utf-8")
    migrations = tree / "store" / "migrations"
    number = max(int(path.name.split("_")[0]) for path in migrations.glob("*.sql")) + 1
    (migrations / f"{number:04}_phone.sql").write_text(MIGRATION, encoding="utf-8")


def parts(printed):
    """The receipt and the broadcast document that `publish` printed."""
    receipt = re.search(r"^receipt +({.*})$", printed, re.M)
    broadcast = re.search(r"^broadcast .* ({.*})$", printed, re.M)
    return json.loads(receipt[1]) if receipt else printed, json.loads(broadcast[1]) if broadcast else None


class NewFieldTest(unittest.TestCase):
    def test_one_line_of_a_proto_and_one_migration_make_a_field_of_the_document(self):
        with RunningSystem() as system:
            system.start()
            receipt, _ = self.publish(system, document(phone="1"))
            self.assertEqual([(broken["field"], broken["reason"]) for broken in receipt["violations"]],
                             [("phone", "FIELD_UNKNOWN")])
            self.publish(system, document())
            head = system.query("SELECT head FROM feed")
            versions = system.query(OLD_VERSIONS % head)
            system.stop()

            tree = copy_of_the_tree(system.state.directory.parent / "tree")
            add_the_field(tree)
            system.move_to(tree)
            system.start(BUILD_SECONDS)

            self.assertEqual(system.query(OLD_VERSIONS % head), versions)
            self.check_that_the_field_goes_the_whole_way(system)
            self.check_that_the_field_is_merged_like_any(system)
            self.assertEqual(system.query(OLD_VERSIONS % head), versions)

    def publish(self, system, payload):
        return parts(system.publish(json.dumps(payload)))

    def check_that_the_field_goes_the_whole_way(self, system):
        unchanged, _ = self.publish(system, document())
        self.assertEqual(unchanged["outcome"], "UNCHANGED", "an old document is as it was")
        wanted = document(phone="+49 30 \u00e9")
        receipt, broadcast = self.publish(system, wanted)
        self.assertEqual(receipt["outcome"], "APPLIED")
        self.assertEqual(receipt["version"], 2)
        self.assertEqual(broadcast, wanted)
        self.assertEqual(system.query("SELECT phone FROM users WHERE doc_id = 'new-field'"), wanted["phone"])
        version = f"FROM version WHERE id = {receipt['seq']}"
        self.assertEqual(system.query(f"SELECT json->>'phone' {version}"), wanted["phone"])
        self.assertEqual(system.query(f"SELECT changed_fields {version}"), "{phone}")
        wrong, _ = self.publish(system, document(phone=5))
        self.assertEqual([(broken["field"], broken["reason"]) for broken in wrong["violations"]],
                         [("phone", "FIELD_INVALID")])

    def check_that_the_field_is_merged_like_any(self, system):
        stands = document(phone="+49 30 \u00e9")
        removed, broadcast = self.publish(system, mutation(document(), stands))
        self.assertEqual(removed["outcome"], "APPLIED")
        self.assertNotIn("phone", broadcast)
        merged, broadcast = self.publish(system, mutation({**stands, "status": "away"}, stands))
        self.assertEqual(merged["outcome"], "MERGED")
        self.assertEqual(broadcast, document(status="away"))
        conflict, _ = self.publish(system, mutation(document(phone="2"), stands))
        self.assertEqual(conflict["outcome"], "CONFLICT")
        self.assertEqual(conflict["conflicts"], [{"field": "phone", "base": stands["phone"], "mine": "2"}])


if __name__ == "__main__":
    unittest.main()
