from __future__ import annotations

import pytest

from zonewright.kube.proxy import proxy_for

PROXY = "http://proxy.example:3128"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "http_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_variable_there_is_none() -> None:
    assert proxy_for("https://10.0.0.1:6443") is None


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_the_variable_of_the_scheme_counts(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, PROXY)
    assert proxy_for("https://10.0.0.1:6443") == PROXY
    assert proxy_for("http://10.0.0.1:8080") is None


@pytest.mark.parametrize("spared", ["api.example.org", ".example.org", "example.org", "*", "api.example.org:6443"])
def test_no_proxy_spares_a_host(monkeypatch: pytest.MonkeyPatch, spared: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    monkeypatch.setenv("NO_PROXY", spared)
    assert proxy_for("https://api.example.org:6443") is None
    assert spared == "*" or proxy_for("https://other.example.net:6443") == PROXY
