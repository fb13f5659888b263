"""The three users that the first `up` makes, so that there is something to look at."""

from common.run.documents import edited, mutation, new_document


def make_first_users(publisher):
    """Ann is promoted, Ben moves to another address, Cleo is deleted and comes back."""
    ann = new_document("ann", "ann@example.com", role="user")
    promoted = edited(ann, role="admin")
    ben = new_document("ben", "ben@example.com", status="invited")
    accepted = edited(ben, status="active")
    moved = edited(accepted, email="ben@example.org")
    cleo = new_document("cleo", "cleo@example.com", role="user")
    gone = edited(cleo, _deleted=True)
    back = edited(gone, _deleted=False)
    publisher.publish([mutation(ann, None), mutation(ben, None), mutation(cleo, None)], "alice")
    publisher.publish([mutation(promoted, ann, "Ann runs the office now"), mutation(accepted, ben),
                       mutation(gone, cleo, "Cleo left")], "bob")
    publisher.publish([mutation(moved, accepted), mutation(back, gone, "Cleo returned")], "alice")
