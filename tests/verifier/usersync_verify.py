"""Verifies a history without trusting usersync: Python's standard library and nothing of ours.

    usersync_verify.py export FILE [HEADS VKEY]      all versions (usersync-store export), and signed heads
    usersync_verify.py history HEADS VKEY FILE...    the same of archives and an export, oldest first
    usersync_verify.py archive FILE ROOT             one archive (usersync-store archive) alone: its root is in the
                                                     table archive, and its leaves are proven by `inclusion`
    usersync_verify.py inclusion SEQ HASH SIZE ROOT [NODE...]
    usersync_verify.py consistency SIZE1 ROOT1 SIZE2 ROOT2 [NODE...]
    usersync_verify.py heads HEADS VKEY              every signed head of a file

Hashes are in hex. HEADS is a file of signed heads, or one of them; VKEY is log.vkey.
Exit status: 0 if it holds, 1 if not.
"""

import base64
import fileinput
import hashlib
import hmac
import json
import sys

# --- The tree (RFC 6962) ---


def leaf_hash(data):
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(peaks):
    """The root over full subtrees, largest first."""
    if not peaks:
        return hashlib.sha256().digest()
    root = peaks[-1]
    for left in reversed(peaks[:-1]):
        root = node_hash(left, root)
    return root


def append(peaks, size, leaf):
    """Adds leaf number `size` to the full subtrees of the first `size` leaves."""
    while size & 1:
        leaf, size = node_hash(peaks.pop(), leaf), size >> 1
    peaks.append(leaf)


def verify_inclusion(index, size, leaf, path, root):
    """RFC 9162, 2.1.3.2. `index` counts from 0."""
    if not 0 <= index < size:
        return False
    last = size - 1
    for node in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            leaf = node_hash(node, leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = node_hash(leaf, node)
        index, last = index >> 1, last >> 1
    return last == 0 and leaf == root


def verify_consistency(size1, root1, size2, root2, path):
    """RFC 9162, 2.1.4.2."""
    if size1 == size2:
        return root1 == root2 and not path
    if not 0 < size1 < size2:
        return size1 == 0 and not path
    path = ([root1] if size1 & (size1 - 1) == 0 else []) + list(path)
    if not path:
        return False
    index, last = size1 - 1, size2 - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(node, old), node_hash(node, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = node_hash(new, node)
        index, last = index >> 1, last >> 1
    return last == 0 and old == root1 and new == root2


# --- Versions (usersync.version.1) ---


def jcs(value):
    """RFC 8785 for ASCII keys, strings, booleans and null."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def flaws_of(line, sequence, chain, is_whole=True):
    """What is wrong with a version. `chain` holds the last version and hash of each user; one who is not in it begins
    with version 1 if the history `is_whole`, and anywhere if not."""
    entry, flaws = line["entry"], []
    for name in ("body", "actor"):
        salt = line[f"{name}_salt"]
        if salt is None:
            continue  # erased; its hash still stands in the entry
        if hmac.digest(bytes.fromhex(salt), jcs(line[name]), "sha256").hex() != entry[f"{name}_hash"]:
            flaws.append(f"the {name} is not what was committed")
    if leaf_hash(jcs(entry)).hex() != line["hash"]:
        flaws.append("the entry is not what was committed")
    if entry["seq"] != str(sequence):
        flaws.append(f"sequence {entry['seq']} stands where {sequence} should")
    started = (0, "00" * 32) if is_whole else (int(entry["version"]) - 1, entry["prev_hash"])
    version, before = chain.get(line["user"], started)
    if entry["version"] != str(version + 1) or entry["prev_hash"] != before:
        flaws.append("does not continue the user's version before")
    if line["body"] is not None and line["body"]["object_id"] != line["user"]:
        flaws.append("is of another user")
    chain[line["user"]] = (int(entry["version"]), line["hash"])
    return flaws


def verify_export(lines, heads=()):
    """Checks an export that begins at sequence 1 against heads [(size, root)]; yields flaws."""
    peaks, size, chain = [], 0, {}
    wanted = dict(heads)
    for text in lines:
        line = json.loads(text)
        for flaw in flaws_of(line, size + 1, chain):
            yield f"line {size + 1}: {flaw}"
        append(peaks, size, bytes.fromhex(line["hash"]))
        size += 1
        if size in wanted and root_of(peaks) != wanted.pop(size):
            yield f"the first {size} versions are not those whose head was signed"
    for missing in wanted:
        if missing:
            yield f"a head of {missing} versions was signed, and only {size} are here"


def verify_archive(lines, root):
    """Checks an archive alone: its lines are the leaves of one full subtree; yields flaws."""
    peaks, size, chain, first = [], 0, {}, None
    for text in lines:
        line = json.loads(text)
        first = first or int(line["entry"]["seq"])
        for flaw in flaws_of(line, first + size, chain, is_whole=first == 1):
            yield f"line {size + 1}: {flaw}"
        append(peaks, size, bytes.fromhex(line["hash"]))
        size += 1
    if len(peaks) != 1 or (first - 1) % size:
        yield f"{size} versions from {first} on are no full subtree"
    elif peaks[0] != root:
        yield "the root is another"


# --- Signed heads (C2SP tlog-checkpoint, signed-note; Ed25519 as in RFC 8032) ---

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, z - t, z + t, y + x
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(factor, point):
    result = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = add(result, point)
        point, factor = add(point, point), factor >> 1
    return result


def decode_point(data):
    """None if it is not on the curve."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def verify_ed25519(public_key, message, signature):
    point, commitment = decode_point(public_key), decode_point(signature[:32])
    factor = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or not point or not commitment or factor >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    left = multiply(factor, BASE)
    right = add(commitment, multiply(int.from_bytes(digest, "little") % ORDER, point))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def open_head(note, vkey):
    """(size, root) of a signed head. ValueError if this key did not sign it."""
    name, key_id, key = vkey.strip().split("+", 2)
    key = base64.b64decode(key)
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    if hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id or key[0] != 1:
        raise ValueError("not a verifier key of Ed25519")
    for line in signatures.splitlines():
        mark, signer, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if (mark, signer, signature[:4].hex()) == ("—", name, key_id) and origin == name \
                and verify_ed25519(key[1:], text.encode(), signature[4:]):
            return int(size), base64.b64decode(root)
    raise ValueError(f"the head of {size} versions of {origin} was not signed by {name}")


def notes_of(text):
    """The notes of a file: each ends with an empty line below its signatures."""
    parts = text.split("\n\n")
    return [f"{body}\n\n{signatures.rstrip()}\n" for body, signatures in zip(parts[::2], parts[1::2])]


def open_heads(heads_path, vkey_path):
    """The good heads of this key's log, and what is wrong with the others."""
    with open(heads_path, encoding="utf-8") as heads, open(vkey_path, encoding="utf-8") as key:
        notes, vkey = notes_of(heads.read()), key.read()
    good, flaws = [], []
    for note in notes:
        if note.split("\n")[0] != vkey.split("+")[0]:
            continue  # another log's
        try:
            good.append(open_head(note, vkey))
        except ValueError as error:
            flaws.append(str(error))
    return good, flaws


def main(arguments):
    command, rest = (arguments or ["help"])[0], arguments[1:]
    if command == "export" and len(rest) in (1, 3):
        heads, flaws = open_heads(*rest[1:]) if rest[1:] else ([], [])
        with open(rest[0], encoding="utf-8") as lines:
            flaws += verify_export(lines, heads)
    elif command == "history" and len(rest) >= 3:
        heads, flaws = open_heads(*rest[:2])
        with fileinput.input(rest[2:], encoding="utf-8") as lines:
            flaws += verify_export(lines, heads)
    elif command == "archive" and len(rest) == 2:
        with open(rest[0], encoding="utf-8") as lines:
            flaws = list(verify_archive(lines, bytes.fromhex(rest[1])))
    elif command == "heads" and len(rest) == 2:
        _, flaws = open_heads(*rest)
    elif command in ("inclusion", "consistency") and len(rest) >= 4:
        second, fourth, *path = (bytes.fromhex(text) for text in [rest[1], *rest[3:]])
        if command == "inclusion":
            holds = verify_inclusion(int(rest[0]) - 1, int(rest[2]), second, path, fourth)
        else:
            holds = verify_consistency(int(rest[0]), second, int(rest[2]), fourth, path)
        flaws = [] if holds else [f"no proof of {command}"]
    else:
        print(__doc__)
        return 2
    print("\n".join(flaws) or "holds")
    return 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
