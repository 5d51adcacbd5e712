"""Either web server, as `run` starts it: drained and reloaded without a failed request, bounded, one set of figures."""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import json
import signal
import socket
import threading
import time
from urllib.parse import quote, urlsplit

import pytest

from tests.harness.service import Service
from tests.harness.waiting import until

SERVERS = [
    "gunicorn",
    pytest.param(
        "granian", marks=pytest.mark.skipif(not importlib.util.find_spec("granian"), reason="granian is an extra")
    ),
]
CLIENTS = 24
WORKERS = 2
PAUSE = 0.03  # seconds between two requests of a caller: some hundred a second in all leave the machine to others
SATISFACTION = "/v1/customers/C-1001/satisfaction"
HEADERS = {"Authorization": "Bearer demo"}
STOPPED = (
    b"POST /v1/explain HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo\r\nContent-Type: application/json\r\n"
    b"Content-Length: 99\r\n\r\n{"
)


@pytest.fixture(scope="module", params=SERVERS)
def service(request):
    with Service(WEB_SERVER=request.param, WEB_CONCURRENCY=str(WORKERS), RATE_LIMIT="0") as started:
        yield started


class Clients:
    """Callers one after the other, every other one on a new connection for each request, until they are refused."""

    def __init__(self, url: str) -> None:
        self._place = urlsplit(url).hostname, urlsplit(url).port
        self._stop = threading.Event()
        self.answered, self.failed = 0, []
        self._threads = [threading.Thread(target=self._ask, args=(bool(number % 2),)) for number in range(CLIENTS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        until(lambda: self.answered > 10 * CLIENTS, what="the clients' first answers")
        return self

    def __exit__(self, *_):
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, keeps: bool) -> None:
        connection = http.client.HTTPConnection(*self._place, timeout=60)
        with contextlib.closing(connection):
            self._ask_on(connection, keeps)

    def _ask_on(self, connection: http.client.HTTPConnection, keeps: bool) -> None:
        while not self._stop.wait(PAUSE):
            if connection.sock is None:
                try:
                    connection.connect()
                except OSError:
                    return  # refused, or unheard: nobody accepted it
            try:
                connection.request("GET", SATISFACTION, headers=HEADERS)
                reply = connection.getresponse()
                reply.read()
                ends = reply.will_close or not keeps
                self.answered += 1
                if reply.status != 200:
                    self.failed.append(reply.status)
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(type(error).__name__)
                ends = True
            if ends:
                connection.close()


def test_a_hangup_reloads_it_without_a_failed_request(service):
    before = set(service.pids("service.cli worker"))
    with Clients(service.url) as clients:
        asked = clients.answered
        service.process.send_signal(signal.SIGHUP)

        def another():
            found = set(service.pids("service.cli worker"))
            return found and not found & before

        until(another, what="another sweeper")
        time.sleep(3)  # the web workers follow one by one
        assert clients.answered > asked
    assert clients.failed == []


def test_the_longest_batch_of_the_contract_is_one_request(service):
    """Granian takes 65,534 bytes of them at most (docs/deploy.md)."""
    letter = "Ü" if service.options["WEB_SERVER"] == "gunicorn" else "/"
    customers = [f"{number:03}" + letter * 197 for number in range(100)]
    ids = "&".join(f"id={quote(customer, safe='')}" for customer in customers)
    reply = service.get(f"/v1/customers/satisfaction?{ids}", "demo")
    assert reply.status_code == 200
    assert [summary["customer_id"] for summary in reply.json()["customers"]] == customers


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nno header\r\n\r\n", 400),
        (b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(200)) + b"\r\n", 431),
    ],
)
def test_what_is_no_request_is_refused_and_not_repeated(service, sent, status):
    place = urlsplit(service.url)
    told = b""
    with socket.create_connection((place.hostname, place.port), 60) as connection:
        # It may refuse, and close, before all is sent: the rest is lost, what it said is not.
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(65536):
                told += part
    assert told.startswith(f"HTTP/1.1 {status} ".encode())
    head, _, body = told.partition(b"\r\n\r\n")
    if service.options["WEB_SERVER"] == "gunicorn":
        assert b"application/problem+json" in head
        assert json.loads(body)["status"] == status
    else:
        assert body == b""  # granian's own refusals have none


def test_figures_are_of_all_processes(service):
    name = 'netigate_results_http_requests_total{method="GET",route="/v1/surveys",status="200"}'

    def counted():
        lines = service.get("/metrics", None).text.splitlines()
        return sum(
            float(line.rsplit(" ", 1)[1]) for line in lines if '/v1/surveys"' in line and "requests_total" in line
        )

    before = counted()
    for _ in range(20):
        assert service.get("/v1/surveys", "demo", Connection="close").status_code == 200
    assert counted() - before == 20, name


def test_slow_clients_keep_nobody_waiting(service):
    if service.options["WEB_SERVER"] == "gunicorn":
        pytest.skip("gunicorn's threads wait for clients: a proxy that buffers stands before it (docs/deploy.md)")
    place = urlsplit(service.url)
    beginnings = (b"GET /v1/cust", STOPPED, b"")
    with contextlib.ExitStack() as stack:
        for number in range(255):
            slow = stack.enter_context(socket.create_connection((place.hostname, place.port), 60))
            slow.sendall(beginnings[number % 3])
        for _ in range(10):
            begun = time.monotonic()
            assert service.get(SATISFACTION, "demo", Connection="close").status_code == 200
            assert time.monotonic() - begun < 8  # less than any of the slow ones is given


def test_it_ends_without_a_reset(service):
    """The last test: the service is gone after it."""
    with Clients(service.url) as clients:
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(60) == 0
    assert clients.failed == []
