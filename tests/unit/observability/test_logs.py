"""Lines of libraries are JSON as well, and hold no more than ours do."""

from __future__ import annotations

import errno
import io
import json
import logging
import logging.config
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from service.observability import logs

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "Kund-Geheim-77"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before = root.handlers, root.level
    yield
    root.handlers, root.level = before
    logging.captureWarnings(capture=False)
    logs.configure(io.BytesIO())
    root.handlers, root.level = before
    logging.captureWarnings(capture=False)


@pytest.fixture
def out() -> io.BytesIO:
    stream = io.BytesIO()
    logs.configure(stream)
    return stream


def line(out: io.BytesIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found


def failing(text: str) -> None:
    hidden = text + "!"
    try:
        raise ValueError(hidden)  # noqa: TRY301  (the chain is what is tested)
    except ValueError as error:
        raise RuntimeError(hidden) from error


def test_a_line_is_json_with_level_and_time(out: io.BytesIO) -> None:
    structlog.get_logger().info("swept", survey_id=4711, word="Ö")
    told = line(out)
    assert (told["event"], told["level"], told["survey_id"], told["word"]) == ("swept", "info", 4711, "Ö")
    assert told["timestamp"].endswith("Z")


def test_below_info_nothing_is_told(out: io.BytesIO) -> None:
    structlog.get_logger().debug("noise")
    assert out.getvalue() == b""


@pytest.mark.parametrize("way", ["exception", "exc_info=True", "exc_info=error"])
def test_an_error_is_told_by_kinds_and_places_without_its_text(out: io.BytesIO, way: str) -> None:
    log = structlog.get_logger()
    try:
        failing(SECRET)
    except RuntimeError as error:
        if way == "exception":
            log.exception("broke")
        else:
            log.error("broke", exc_info=True if way.endswith("True") else error)  # noqa: TRY400  (the other ways to say it)
    told = line(out)
    assert told["fault"]["kinds"] == ["RuntimeError", "ValueError"]
    assert told["fault"]["at"][-1].startswith("tests/unit/observability/test_logs.py:")
    assert SECRET.encode() not in out.getvalue()


def test_no_error_no_fault(out: io.BytesIO) -> None:
    structlog.get_logger().error("broke", exc_info=True)
    structlog.get_logger().error("broke", exc_info=None)
    assert all("fault" not in json.loads(text) for text in out.getvalue().splitlines())


def test_what_json_cannot_hold_is_told_by_its_kind(out: io.BytesIO) -> None:
    structlog.get_logger().info("odd", value=object(), mapping={1: "x"})
    told = line(out)
    assert (told["value"], told["mapping"]) == ("object", {"1": "x"})


def formatted(
    message: object, *args: object, name: str = "gunicorn.error", error: Exception | None = None
) -> dict[str, Any]:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("gunicorn.error", logging.ERROR, __file__, 1, message, args, info)
    found: dict[str, Any] = json.loads(logs.JsonFormatter().format(record))
    return found


@pytest.mark.parametrize(
    ("message", "args", "told"),
    [
        (
            "Invalid request from ip=10.0.0.1: Invalid Request Line 'GET /Kund-Geheim-77'",
            (),
            "request_invalid",
        ),
        ("Error handling request %s %s", ("GET", f"/v1/customers/{SECRET}"), "request_broke"),
        ("Worker (pid:%s) exited with code %s", (17, 3), "Worker (pid:17) exited with code 3"),
        (
            "Retrying after connection broken by %r: %s",
            ("e", f"/{SECRET}"),
            "Retrying after connection broken by %r: %s",
        ),
        ("plain", (), "plain"),
    ],
)
def test_lines_of_libraries(message: str, args: tuple[object, ...], told: str) -> None:
    found = formatted(message, *args)
    assert (found["event"], found["level"], found["logger"]) == (told, "error", "gunicorn.error")
    assert SECRET not in json.dumps(found)


def test_a_librarys_error_is_told_without_its_text() -> None:
    found = formatted("broke", error=ValueError(SECRET))
    assert found["fault"] == {"kinds": ["ValueError"], "at": []}


def test_a_mapping_as_arguments_is_left_out() -> None:
    assert formatted("%(who)s", {"who": SECRET})["event"] == "%(who)s"


def test_warnings_and_libraries_come_as_json(out: io.BytesIO, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("careful", stacklevel=1)
    logging.getLogger("urllib3").warning("Retrying %s", SECRET)
    told = [json.loads(text) for text in capsys.readouterr().err.splitlines()]
    assert [found["logger"] for found in told] == ["py.warnings", "urllib3"]
    assert SECRET not in json.dumps(told)


@pytest.mark.parametrize(("config", "logger"), [(logs.GUNICORN, "gunicorn"), (logs.GRANIAN, "granian")])
def test_a_web_servers_lines_are_json(capsys: pytest.CaptureFixture[str], config: dict, logger: str) -> None:
    names = list(config["loggers"])
    before = {name: logging.getLogger(name).handlers for name in names}
    try:
        logging.config.dictConfig(config)
        logging.getLogger(names[0]).error("Worker (pid:%s) was sent SIGKILL!", 17)
        logging.getLogger(f"{logger}.access").info("GET /v1/customers/%s", SECRET)
    finally:
        for name, handlers in before.items():
            logging.getLogger(name).handlers = handlers
    (told,) = capsys.readouterr().err.splitlines()
    assert json.loads(told)["event"] == "Worker (pid:17) was sent SIGKILL!"


def test_lines_are_written_whole_and_in_order(capfd):
    logs.configure()
    for number in range(200):
        structlog.get_logger().info("request", number=number)
    structlog.get_logger().warning("look")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [line.get("number") for line in lines] == [*range(200), None]


class Full(io.BytesIO):
    """A disk without room."""

    def write(self, _line: bytes) -> int:
        raise OSError(errno.ENOSPC, "no space")


def test_a_line_that_cannot_be_written_is_lost_and_nothing_else():
    logs.configure(Full())
    structlog.get_logger().info("request")
