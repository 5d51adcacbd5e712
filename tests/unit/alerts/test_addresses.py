"""Where alerts may go: by https, or to this machine."""

from __future__ import annotations

import pytest

from service.alerts.addresses import fault


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.slack.com/services/T0/B0/x",
        "https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=a%2Fb",
        "http://127.0.0.1:9000/hook",
        "http://localhost/hook",
        "http://[::1]:1/",
    ],
)
def test_good(address):
    assert fault(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/hook", "http://10.0.0.1/", "http://127.0.0.1.example.com/", "http://localhost.example/",
        "http://0.0.0.0/", "https://user:pass@example.com/", "https://@example.com/", "https://user@example.com/",
        "http://127.0.0.1@example.com/", "ftp://example.com/", "example.com/hook", "https://", "https:///hook", "",
        "https://example.com:port/", "https://exa mple.com/", "https://example.com/#a", "https://example.com\\@evil/",
        "https://exämple.com/", "https://example.com/\n", "https://[::1", "file:///etc/passwd", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_bad_and_not_repeated(address):
    wrong = fault(address)
    assert wrong
    assert not address or address not in wrong
