"""Whether a server really answers, each asked in its own language."""

import http.client
import secrets
import socket

from common.run.ports import HOST

TIMEOUT = 2.0
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS = 0, 1, 4
END_STREAM, END_HEADERS = 1, 4
# The line of postmaster.pid that says how far the server is.
POSTMASTER_STATUS = 7
SERVING = b"\x00\x00\x00\x00\x02\x08\x01"


def nats_answers(port):
    try:
        with socket.create_connection((HOST, port), TIMEOUT) as connection:
            return connection.recv(5) == b"INFO "
    except OSError:
        return False


def bridge_answers(port):
    """Asks for the first page of users, as a browser does: the answer comes from the database."""
    inbox = f"_INBOX.{secrets.token_hex(8)}"
    try:
        with socket.create_connection((HOST, port), TIMEOUT) as connection:
            connection.sendall(f'CONNECT {{"verbose":false,"headers":true,"no_responders":true}}\r\n'
                               f'SUB {inbox} 1\r\n'
                               f'PUB users.pull {inbox} 11\r\n{{"limit":1}}\r\n'.encode())
            received = b""
            while b'"documents"' not in received:
                part = connection.recv(4096)
                received += part
                if not part or b'"error"' in received or b"NATS/1.0 503" in received:
                    return False
            return True
    except OSError:
        return False


def postgres_answers(data, pid):
    """Whether this very server takes connections: it says so in its data directory."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) > POSTMASTER_STATUS and lines[0] == str(pid) and lines[POSTMASTER_STATUS].strip() == "ready"


def http_answers(port, path="/healthz"):
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def grpc_answers(port):
    """Asks grpc.health.v1.Health/Check, and expects SERVING."""
    try:
        with socket.create_connection((HOST, port), TIMEOUT) as connection:
            connection.sendall(health_request(port))
            received = b""
            while SERVING not in received:
                part = connection.recv(4096)
                if not part:
                    return False
                received += part
            return True
    except OSError:
        return False


def health_request(port):
    """One HTTP/2 connection with one request, its headers written without compression."""
    headers = b"".join(literal(name, value) for name, value in (
        (b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/grpc.health.v1.Health/Check"),
        (b":authority", f"{HOST}:{port}".encode()), (b"content-type", b"application/grpc"), (b"te", b"trailers")))
    empty_message = b"\x00\x00\x00\x00\x00"
    return (PREFACE + frame(SETTINGS, 0, 0, b"") + frame(HEADERS, END_HEADERS, 1, headers)
            + frame(DATA, END_STREAM, 1, empty_message))


def frame(kind, flags, stream, payload):
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def literal(name, value):
    """An HPACK field that is neither indexed nor Huffman coded; each part is below 127 bytes."""
    return b"\x00" + bytes((len(name),)) + name + bytes((len(value),)) + value
