"""A store that speaks S3, on loopback, and what can go wrong on the way to it."""

import socket
import threading
from contextlib import contextmanager

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

SLOW_DOWN = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"


class Trouble:
    """Hands requests on to the store, but for those that `plan` names: a list of (method, key's end, what).

    `what` is called with the request's environment and the way on, and answers in its place; it is used once.
    """

    def __init__(self, app):
        self.app, self.plan, self.asked = app, [], []

    def __call__(self, environ, start):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        self.asked.append((method, path))
        for step in self.plan:
            if step[0] == method and path.endswith(step[1]):
                self.plan.remove(step)
                return step[2](environ, start, self.app)
        return self.app(environ, start)


def answers(status, body):
    def answer(environ, start, _):
        start(status, [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return answer


def cut_off(environ, start, app):
    """Half of what was promised, then the connection ends."""
    whole = b"".join(app(environ, start))
    return [whole[: len(whole) // 2]]


def answer_lost(environ, start, app):
    """The store did it, and the connection ends before it could say so."""
    for _ in app(environ, lambda *_: None):
        pass
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return []


def first(do):
    """Somebody else is quicker."""

    def answer(environ, start, app):
        do()
        return app(environ, start)

    return answer


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        """Nothing."""


@contextmanager
def s3_server():
    """The server's address, and the trouble it can be in."""
    trouble = Trouble(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, trouble, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", trouble
    finally:
        server.shutdown()
        thread.join()
