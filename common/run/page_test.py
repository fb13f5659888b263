"""When the page is built again, on a small tree of our own with a builder of our own."""

import pathlib
import tempfile
import unittest
from unittest import mock

from common.run import page
from common.run.problem import Problem
from common.run.state import State


class MakeTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.state = State(self.root / "state")
        self.state.make()
        self.said, self.builds = mock.MagicMock(), 0
        room = self.root / "web"
        for name, value in {"ROOT": self.root, "BUILT": room / "dist", "VITE": room / "node_modules" / "vite.js",
                            "TOOLS": self.root / "build", "STAMP": self.root / "build" / "stamp"}.items():
            self.enterContext(mock.patch.object(page, name, value))
        self.enterContext(mock.patch.object(page.packages, "ensure"))
        self.enterContext(mock.patch.object(page.node, "environment", return_value={}))
        self.enterContext(mock.patch.object(page.web, "run", self.run_pnpm))
        self.write("web/src/App.vue", "one")

    def run_pnpm(self, *_):
        self.builds += 1
        self.write("web/node_modules/vite.js", "")
        self.write("web/dist/index.html", f"build {self.builds}")

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def make(self):
        """Returns what the system would serve."""
        made = page.make(self.state, mock.Mock(), self.said)
        return made and (made.folder / "index.html").read_text(encoding="utf-8")

    def test_it_is_built_once(self):
        self.assertEqual([self.make(), self.make()], ["build 1", "build 1"])

    def test_it_is_built_again_if_a_source_was_changed_added_or_moved(self):
        self.make()
        for change in (lambda: self.write("web/src/App.vue", "two"), lambda: self.write("protos/new.proto", ""),
                       lambda: (self.root / "web/src/App.vue").rename(self.root / "web/src/Page.vue")):
            before = self.builds
            change()
            self.assertEqual([self.make(), self.builds], [f"build {before + 1}", before + 1])

    def test_it_is_not_built_again_for_what_is_made(self):
        self.make()
        self.write("web/node_modules/more.js", "")
        self.write("web/sync/generated/user.ts", "")
        self.write("README.md", "")
        self.assertEqual(self.make(), "build 1")

    def test_it_is_built_again_if_it_or_its_server_is_gone(self):
        for gone in ("web/dist/index.html", "web/node_modules/vite.js"):
            self.make()
            before = self.builds
            (self.root / gone).unlink()
            self.assertEqual([self.make(), self.builds], [f"build {before + 1}", before + 1])

    def test_where_it_cannot_be_built_there_is_none_and_the_reason_is_said(self):
        with mock.patch.object(page.web, "run", side_effect=Problem("pnpm install failed")):
            self.assertIsNone(self.make())
        self.assertRegex(self.said.say.call_args[0][0], "the page cannot be built.*pnpm install failed")
        self.assertEqual(self.make(), "build 1")

    def test_a_page_that_runs_is_not_changed_by_a_later_build(self):
        self.make()
        self.write("web/dist/index.html", "of another run")
        self.assertEqual((self.state.page / "index.html").read_text(encoding="utf-8"), "build 1")


if __name__ == "__main__":
    unittest.main()
