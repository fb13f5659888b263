"""Follows every change of every user and misses none, whatever happens to it.

    protoc -I protos --python_out=generated --grpc_out=generated \\
        --plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin protos/users/v1/*.proto
    PYTHONPATH=generated python3 watch.py 127.0.0.1:50051 changes.log

Each change becomes one line of changes.log, `<sequence> <checkpoint>`: what is done about a change and where to
go on are saved by one write, so that a crash parts them never. Started again, it goes on after the last line.
"""

import sys
import time

import grpc
from users.v1 import change_feed_service_pb2 as feed
from users.v1 import change_feed_service_pb2_grpc as feed_grpc


def saved_checkpoint(log):
    """The checkpoint of the last whole line; half a line that a crash left is cut off."""
    log.seek(0)
    text = log.read()
    whole = text[:text.rfind(b"\n") + 1]
    log.truncate(len(whole))
    return whole.split()[-1].decode() if whole else ""


def watch(address, log):
    """Watches until the stream ends."""
    request = feed.WatchRequest(start=feed.WATCH_START_OLDEST, checkpoint=saved_checkpoint(log))
    with grpc.insecure_channel(address) as channel:
        for response in feed_grpc.ChangeFeedServiceStub(channel).Watch(request):
            for change in response.changes.changes:
                log.write(f"{change.version.sequence} {change.checkpoint}\n".encode())
                print(change.version.sequence, flush=True)


def main(address, path):
    # Unbuffered: a line is with the system before it is printed.
    with open(path, "a+b", buffering=0) as log:
        while True:
            try:
                watch(address, log)
            except grpc.RpcError as error:
                # FAILED_PRECONDITION: the database is another one. Whoever keeps users begins with a snapshot then.
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED):
                    raise
            time.sleep(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
