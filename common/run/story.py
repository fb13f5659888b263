"""The story that the demo plays: one user, two people, one conflict."""

import json
import re
import secrets
import textwrap

from common.run.documents import edited, mutation, new_document
from common.run.problem import Problem

SHOWN = ("email", "status", "role", "_deleted")


class Story:
    """Plays with a user of its own, so that it can be played again. `say` prints a line."""

    def __init__(self, publisher, say):
        self._publisher = publisher
        self._say = say
        self._steps = 0
        # Which version a document was when it was committed, by the document.
        self._versions = {}

    def play(self):
        """Six edits. Problem if one of them does not end as it must."""
        name = f"dana-{secrets.token_hex(3)}"
        self._say(f"The story of {name}. alice and bob each say what they ask for, and which state they believe in.")
        invited = new_document(name, f"{name}@example.com", status="invited", role="user")
        self._step("alice", "invites her", invited, None, "APPLIED")

        active = edited(invited, status="active")
        self._step("bob", "has seen that, and sets her active", active, invited, "APPLIED")

        blocked = edited(invited, status="blocked")
        self._step("alice", "has not seen bob's edit, and blocks her: the same field, so a conflict, and nothing changes",
                   blocked, invited, "CONFLICT")

        promoted = edited(invited, role="admin")
        merged = self._step("alice", "still has not seen it, and makes her an admin: another field, so both edits stay",
                            promoted, invited, "MERGED")

        gone = edited(merged, _deleted=True)
        self._step("bob", "deletes her; her history stays", gone, merged, "APPLIED", "she left")

        back = edited(gone, _deleted=False)
        self._step("alice", "brings her back", back, gone, "APPLIED", "she returned")
        self._say()
        self._say("Five versions, one refused edit that is kept too, and every client saw the same five broadcasts.")

    def _step(self, actor, what, document, assumed, outcome, reason=None):
        """Publishes one mutation, tells what came of it, and returns the document as it is now."""
        self._steps += 1
        output = self._publisher.publish(mutation(document, assumed, reason), actor)
        receipt = receipt_in(output)
        self._say()
        self._say(f"{self._steps}. {actor} {what}")
        self._tell("asks", changes(document, assumed) + self._belief(assumed) + (f'; "{reason}"' if reason else ""))
        self._tell("receipt", answer(receipt))
        self._tell("version", f"{receipt['version']}, sequence {receipt['seq']}" if "seq" in receipt else "none is made")
        self._tell("broadcast", broadcast_in(output) or "none is sent")
        if receipt["outcome"] != outcome:
            raise Problem(f"the receipt should be {outcome}")
        now = receipt.get("document", document)
        if "seq" in receipt:
            self._versions[key(now)] = receipt["version"]
        return now

    def _belief(self, assumed):
        return f"; believes in version {self._versions[key(assumed)]}" if assumed else "; believes that nobody is there"

    def _tell(self, title, text):
        self._say("\n".join(textwrap.wrap(text, 100, initial_indent=f"   {title:<11}", subsequent_indent=" " * 14,
                                          break_long_words=False)))


def changes(document, assumed):
    """What differs from the state that the author believes in."""
    before = assumed or {"_deleted": False}
    return ", ".join(f"{name} {value(document[name])}" for name in SHOWN if document.get(name) != before.get(name))


def answer(receipt):
    """A receipt in words."""
    words = [receipt["outcome"]]
    for conflict in receipt.get("conflicts", []):
        words.append(f"on {conflict['field']}: it was {value(conflict['base'])}, you want {value(conflict['mine'])}, "
                     f"it is {value(conflict['theirs'])}")
    for violation in receipt.get("violations", []):
        words.append(f"{violation['field']}: {violation['description']}")
    return ", ".join(words)


def receipt_in(output):
    match = re.search(r"^receipt +(\{.*\})$", output, re.M)
    if not match:
        raise Problem(f"no receipt came:\n{output.strip()}")
    return json.loads(match[1])


def broadcast_in(output):
    """What every client received, or None."""
    match = re.search(r"^broadcast .*Users-Seq=(\d+).*Users-Action=(\w+) Users-Actor=(\S+).* (\{.*\})$", output, re.M)
    if not match:
        return None
    document = json.loads(match[4])
    fields = ", ".join(f"{name} {value(document[name])}" for name in SHOWN if name in document)
    return f"sequence {match[1]}, {match[2]} by {match[3]}: {fields}"


def value(field):
    return json.dumps(field)


def key(document):
    return json.dumps(document, sort_keys=True)
