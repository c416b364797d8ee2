"""Servers that are not well, on real sockets: an Elasticsearch in trouble."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.services.sharing import free_port

_ANSWER = (
    b"HTTP/1.1 %d Said\r\nContent-Type: application/json\r\nX-Elastic-Product: Elasticsearch\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s"
)


def _answer(status: int, body: bytes = b'{"error": {"type": "trouble"}}') -> bytes:
    return _ANSWER % (status, len(body), body)


def _drip(client: socket.socket) -> None:
    """Send a byte now and then, so that no single step ever takes long."""
    for byte in _answer(200, b'{"hits": {}}' + 400 * b" "):
        client.sendall(bytes([byte]))
        time.sleep(0.1)


def _say(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda client: client.sendall(answer)


def _be_silent(client: socket.socket) -> None:
    client.settimeout(20)
    while client.recv(4096):
        pass


TROUBLES: dict[str, Callable[[socket.socket], None] | None] = {
    "away": None,
    "silent": _be_silent,
    "slow": lambda client: time.sleep(3),
    "dripping": _drip,
    "closing": lambda client: None,
    "overloaded": _say(_answer(429)),
    "refusing": _say(_answer(401)),
    "forbidding": _say(_answer(403)),
    "failing": _say(_answer(500)),
    "unavailable": _say(_answer(503)),
    "without the index": _say(_answer(404)),
    "not understanding": _say(_answer(400)),
    "another program": _say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
    "no HTTP": _say(b"220 mail.example ESMTP\r\n"),
    "answering nonsense": _say(_answer(200, b'{"hits": {"hits": [{"_id": "x"}]}}')),
    "answering no JSON": _say(_answer(200, b"{")),
    "out of time": _say(_answer(200, b'{"timed_out": true, "hits": {"hits": []}}')),
}


@contextmanager
def server(trouble: str) -> Iterator[str]:
    """Yield the address of a server with one of TROUBLES."""
    behave = TROUBLES[trouble]
    if behave is None:
        yield f"http://127.0.0.1:{free_port()}"
        return
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        threading.Thread(target=_serve, args=(listener, behave), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, behave: Callable[[socket.socket], None]) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_meet, args=(client, behave), daemon=True).start()


def _meet(client: socket.socket, behave: Callable[[socket.socket], None]) -> None:
    with client, suppress(OSError):
        client.recv(65536)
        behave(client)
        # Not cut off while the question is still on its way.
        client.shutdown(socket.SHUT_WR)
