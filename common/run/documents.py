"""Documents and mutations as clients publish them."""

import datetime


def timestamp(moment):
    """A moment as a document writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def new_document(doc_id, email, status="active", role=None):
    now = timestamp(datetime.datetime.now(datetime.timezone.utc))
    document = {"id": doc_id, "email": email, "status": status, "role": role,
                "created_at": now, "updated_at": now, "_deleted": False}
    if role is None:
        del document["role"]
    return document


def edited(document, **fields):
    """The document after somebody changed some fields, a second later."""
    before = datetime.datetime.fromisoformat(document["updated_at"].replace("Z", "+00:00"))
    return {**document, **fields, "updated_at": timestamp(before + datetime.timedelta(seconds=1))}


def mutation(document, assumed, reason=None):
    """Asks for `document` by somebody who believes that `assumed` is the current state."""
    asked = {"document": document, "assumed": assumed}
    if reason:
        asked["reason"] = reason
    return asked
