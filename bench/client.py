"""A small keep-alive client in a process of its own: JSON on standard input, JSON on standard output.

Plain sockets and a request made once: what the client costs must not hide what the server does.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

# Stands in a body for a number that differs from request to request; always seven digits, so the length is fixed.
SEQUENCE = "1000000"
THREAD_STRIDE = 100_000


@dataclass
class Tally:
    """What one thread saw."""

    answers: int = 0
    wrong: list[str] = field(default_factory=list)


def request_bytes(order: dict) -> bytes:
    """The request as it goes over the wire."""
    body = order.get("body", "").encode()
    headers = {
        "Host": f"{order['host']}:{order['port']}",
        "Connection": "keep-alive",
        "Accept": "text/html",
        **order.get("headers", {}),
        **({"Content-Length": str(len(body))} if order["method"] == "POST" else {}),
    }
    lines = [f"{order['method']} {order['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def exchange(connection: socket.socket, request: bytes) -> tuple[bytes, bytes]:
    """Send one request and read its whole answer; returns head and body."""
    connection.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, body = data.split(b"\r\n\r\n", 1)
    lowered = head.lower()
    if b"content-length:" in lowered:
        length = int(lowered.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += _more(connection)
    elif b"transfer-encoding: chunked" in lowered:
        while not body.endswith(b"0\r\n\r\n"):
            body += _more(connection)
    return head, body


def _more(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ConnectionError("the server closed the connection")
    return piece


def numbered(request: bytes, number: int) -> bytes:
    """The request with its own sequence number, if it has one."""
    return request.replace(SEQUENCE.encode(), str(int(SEQUENCE) + number).encode())


def requests_of(order: dict, thread: int) -> Iterator[bytes]:
    """This thread's requests: its share of those that can be made only once, or the same one with new numbers."""
    share = order["limit"] // order["connections"]
    if "each" in order:
        for path, headers in order["each"][thread :: order["connections"]][:share]:
            yield request_bytes({**order, "path": path, "headers": headers})
        return
    request = request_bytes(order)
    for number in range(share):
        yield numbered(request, (thread + 1) * THREAD_STRIDE + number)


def knock(order: dict, until: float, thread: int, tally: Tally) -> None:
    """Ask again and again until the time is over or this thread's requests are used up."""
    connection = None
    for request in requests_of(order, thread):
        if time.monotonic() > until:
            break
        try:
            if connection is None:
                connection = socket.create_connection((order["host"], order["port"]), timeout=20)
            head, _body = exchange(connection, request)
        except OSError as error:
            tally.wrong.append(str(error))
            connection = None
            continue
        if head.split(b" ", 2)[1] != str(order["status"]).encode():
            tally.wrong.append(head.split(b"\r\n", 1)[0].decode())
        tally.answers += 1
        if b"connection: close" in head.lower():
            connection.close()
            connection = None


def main() -> None:
    """Run one order and print what happened."""
    order = json.load(sys.stdin)
    tallies = [Tally() for _ in range(order["connections"])]
    began = time.monotonic()
    until = began + order["seconds"]
    threads = [threading.Thread(target=knock, args=(order, until, *pair)) for pair in enumerate(tallies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - began
    wrong = [text for tally in tallies for text in tally.wrong]
    answers = sum(tally.answers for tally in tallies)
    print(json.dumps({"answers": answers, "seconds": seconds, "wrong": len(wrong), "first_wrong": wrong[:1]}))


if __name__ == "__main__":
    main()
