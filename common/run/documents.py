"""Documents and mutations as clients publish them."""

import datetime


def now():
    """The time as a document writes it."""
    moment = datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def new_document(doc_id, email, status="active", role=None):
    moment = now()
    document = {"id": doc_id, "email": email, "status": status, "role": role,
                "created_at": moment, "updated_at": moment, "_deleted": False}
    if role is None:
        del document["role"]
    return document


def edited(document, **fields):
    """The document after somebody changed some fields."""
    return {**document, **fields, "updated_at": now()}


def mutation(document, assumed, reason=None):
    """Asks for `document` by somebody who believes that `assumed` is the current state."""
    asked = {"document": document, "assumed": assumed}
    if reason:
        asked["reason"] = reason
    return asked
