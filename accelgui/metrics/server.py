"""The HTTP server that Prometheus reads from."""

from __future__ import annotations

import errno
import importlib.util
import ipaddress
import shlex
import socket
import socketserver
import sys
import threading
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from accelgui.words import _

if TYPE_CHECKING:
    from accelgui.metrics.board import Board

# That of DCGM-exporter, which dashboards look for; the two cannot both have it.
DEFAULT_PORT = 9400
LOOPBACK = "127.0.0.1"

_HIGHEST_PORT = 65535

# Who connects and says nothing is not waited for.
_REQUEST_LIMIT_S = 10.0


class MetricsError(Exception):
    """There can be no endpoint; the message is one line for a person."""


def is_loopback(address: str) -> bool:
    """Is this address one that only this machine reaches?"""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


class Server:
    """Serves the board until closed, on threads of its own. `url` is where.

    Raises MetricsError where that cannot be. Port 0 takes a free one.
    """

    def __init__(self, board: Board, port: int = DEFAULT_PORT, address: str = LOOPBACK) -> None:
        handler = _handler(board, is_local=is_loopback(address))
        # The name service would take 70000 for 4464.
        if not 0 <= port <= _HIGHEST_PORT:
            raise MetricsError(_("{port} is no port: there are 65535.").format(port=port))
        try:
            family, place = _place(address, port)
            self._http = _Http(family, place, handler)
        except OSError as error:
            raise MetricsError(_reason(error, address, port)) from error
        host = f"[{address}]" if family is socket.AF_INET6 else address
        self.url = f"http://{host}:{self._http.server_address[1]}/metrics"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.1}, name="metrics"
        )
        self._thread.start()

    def close(self) -> None:
        """End, and let go of the port."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, family: socket.AddressFamily, place: Any, handler: Any) -> None:
        self.address_family = family
        super().__init__(place, handler)

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for this machine's name, which may take long.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that went away is nobody's trouble."""


def _handler(board: Board, *, is_local: bool) -> Any:
    if importlib.util.find_spec("prometheus_client") is None:
        text = _("The package prometheus-client is missing. Install it with: {command}")
        command = f"{shlex.quote(sys.executable)} -m pip install prometheus-client"
        raise MetricsError(text.format(command=command))
    from prometheus_client import CollectorRegistry, MetricsHandler  # noqa: PLC0415 - Optional.

    from accelgui.metrics.collector import Collector  # noqa: PLC0415 - It needs it, too.

    registry = CollectorRegistry()
    registry.register(Collector(board))

    class Handler(MetricsHandler):  # type: ignore[misc, unused-ignore]
        timeout = _REQUEST_LIMIT_S

        def do_GET(self) -> None:  # noqa: N802 - The name that http.server calls.
            # A page in a browser may call any name that resolves to this machine its own.
            if is_local and not is_loopback(_host(self.headers.get("Host", LOOPBACK))):
                self.send_error(HTTPStatus.FORBIDDEN)
                return
            super().do_GET()

    return Handler.factory(registry)


def _host(header: str) -> str:
    """Return the address in a Host header, without port and brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]


def _place(address: str, port: int) -> tuple[socket.AddressFamily, Any]:
    found = socket.getaddrinfo(
        address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
    )
    return found[0][0], found[0][4]


def _reason(error: OSError, address: str, port: int) -> str:
    text = _("Metrics cannot be served at port {port} of {address}: {reason}")
    if error.errno == errno.EADDRINUSE:
        text = _("Port {port} of {address} is in use by another program.")
    elif error.errno == errno.EACCES:
        text = _("Port {port} of {address} needs more rights; take one above 1023.")
    return text.format(port=port, address=address, reason=error.strerror or str(error))
