"""Look-ups are polite, bounded and cached, and go nowhere but where they should."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx
import pytest
from contribute.recorded import answering

from kb.contribute import web as module
from kb.contribute.web import NotFoundError, Web
from kb.errors import UsageError
from kb.records.store import Store

HOSTS = ("registry.example",)
URL = "https://registry.example/work"


@dataclass
class Clock:
    """Time that passes only while somebody waits."""

    now: float = 1_800_000_000.0
    waits: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[httpx.Request], httpx.Response]], list[httpx.Request]]:
    def start(handle: Callable[[httpx.Request], httpx.Response]) -> list[httpx.Request]:
        transport, asked = answering(handle)
        monkeypatch.setattr(module, "transport", lambda: transport)
        return asked

    return start


def web(tmp_path: Path, clock: Clock, *, fresh: bool = False) -> Web:
    return Web(Store.of(tmp_path), fresh, clock.time, clock.sleep)


def get(web: Web, url: str = URL, read: Callable[[bytes], Any] = bytes, every: float = 3.0) -> Any:
    return web.get(url, "text/plain", read, hosts=HOSTS, every=every)


def test_a_request_says_who_asks_and_what_for(serve: Any, tmp_path: Path, clock: Clock) -> None:
    asked = serve(lambda _: httpx.Response(200, content=b"yes"))
    assert get(web(tmp_path, clock)) == b"yes"
    assert asked[0].method == "GET"
    assert asked[0].headers["user-agent"].startswith("persona-evidence-wiki/")
    assert asked[0].headers["accept"] == "text/plain"
    assert clock.waits == []


def test_an_answer_is_kept_for_a_week_and_asked_again_on_wish(serve: Any, tmp_path: Path, clock: Clock) -> None:
    asked = serve(lambda _: httpx.Response(200, content=b"yes"))
    for _ in range(3):
        assert get(web(tmp_path, clock)) == b"yes"
    assert len(asked) == 1
    get(web(tmp_path, clock, fresh=True))
    assert len(asked) == 2
    clock.now += module.KEPT_SECONDS + 10
    get(web(tmp_path, clock))
    assert len(asked) == 3


def test_an_answer_that_its_reader_refuses_is_not_kept(serve: Any, tmp_path: Path, clock: Clock) -> None:
    asked = serve(lambda _: httpx.Response(200, content=b"Rate exceeded."))

    def refuse(_: bytes) -> None:
        raise UsageError("no")

    for _ in range(2):
        with pytest.raises(UsageError, match="no"):
            get(web(tmp_path, clock), read=refuse)
    assert len(asked) == 2


def test_requests_are_apart_also_over_runs(serve: Any, tmp_path: Path, clock: Clock) -> None:
    serve(lambda _: httpx.Response(200, content=b"yes"))
    get(web(tmp_path, clock), URL + "/1")
    clock.now += 1.0
    get(web(tmp_path, clock), URL + "/2")
    clock.now += 5.0
    get(web(tmp_path, clock), URL + "/3")
    assert clock.waits == [pytest.approx(2.0, abs=0.01)]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_host_is_asked_again_later_and_later(serve: Any, tmp_path: Path, clock: Clock, status: int) -> None:
    answers = iter([httpx.Response(status), httpx.Response(status), httpx.Response(200, content=b"yes")])
    serve(lambda _: next(answers))
    assert get(web(tmp_path, clock)) == b"yes"
    assert clock.waits == [3.0, 6.0]


@pytest.mark.parametrize("in_words", [False, True])
def test_a_host_that_says_how_long_is_heeded(serve: Any, tmp_path: Path, clock: Clock, in_words: bool) -> None:
    header = formatdate(clock.now + 20, usegmt=True) if in_words else "20"
    answers = iter([httpx.Response(429, headers={"retry-after": header}), httpx.Response(200, content=b"yes")])
    serve(lambda _: next(answers))
    assert get(web(tmp_path, clock)) == b"yes"
    assert clock.waits == [pytest.approx(20, abs=1)]


@pytest.mark.parametrize("header", ["3600", "9" * 400, "soon", "", "-5"])
def test_nobody_waits_an_hour_or_for_nonsense(serve: Any, tmp_path: Path, clock: Clock, header: str) -> None:
    serve(lambda _: httpx.Response(429, headers={"retry-after": header}))
    with pytest.raises(UsageError, match=r"--bibtex FILE or --from FILE .* --offline"):
        get(web(tmp_path, clock))
    assert sum(clock.waits) <= 60


@pytest.mark.parametrize("error", [httpx.ConnectError("no route"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("garbled")])
def test_without_an_answer_it_says_what_to_do_instead(serve: Any, tmp_path: Path, clock: Clock, error: Exception) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    asked = serve(fail)
    with pytest.raises(UsageError, match=r"registry\.example can't be asked: .*; give the work as a file with --bibtex FILE"):
        get(web(tmp_path, clock))
    # Without a network nobody waits for it to come back.
    assert len(asked) == (1 if isinstance(error, httpx.ConnectError) else 4)


def test_what_is_not_there_is_not_asked_for_again(serve: Any, tmp_path: Path, clock: Clock) -> None:
    asked = serve(lambda _: httpx.Response(404))
    with pytest.raises(NotFoundError):
        get(web(tmp_path, clock))
    serve(lambda _: httpx.Response(403))
    with pytest.raises(UsageError, match="it answered 403"):
        get(web(tmp_path, clock))
    assert len(asked) == 1


def test_an_answer_without_end_is_cut_off(serve: Any, tmp_path: Path, clock: Clock) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        for n in range(10_000):
            sent.append(n)
            yield b"x" * 65_536

    serve(lambda _: httpx.Response(200, content=endless()))
    with pytest.raises(UsageError, match="more than 2 MB"):
        get(web(tmp_path, clock))
    assert len(sent) < 100


def test_an_answer_that_drips_is_cut_off(serve: Any, tmp_path: Path, clock: Clock) -> None:
    def drip() -> Iterator[bytes]:
        while True:
            clock.now += 10
            yield b"x"

    serve(lambda _: httpx.Response(200, content=drip()))
    with pytest.raises(UsageError, match="longer than 60 seconds"):
        get(web(tmp_path, clock))


def test_a_redirect_within_the_registries_is_followed(serve: Any, tmp_path: Path, clock: Clock) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.host == "registry.example":
            return httpx.Response(302, headers={"location": "https://api.registry.example/x"})
        return httpx.Response(200, content=b"yes")

    asked = serve(handle)
    assert get(web(tmp_path, clock)) == b"yes"
    assert [request.url.host for request in asked] == ["registry.example", "api.registry.example"]


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example/",
        "http://registry.example/plain",
        "https://evilregistry.example/",
        "https://registry.example.evil.example/",
        "https://user@127.0.0.1/",
        "file:///etc/passwd",
        "//169.254.169.254/latest",
        "https://registry.example@evil.example/",
    ],
)
def test_a_redirect_elsewhere_is_not(serve: Any, tmp_path: Path, clock: Clock, location: str) -> None:
    asked = serve(lambda _: httpx.Response(302, headers={"location": location}))
    with pytest.raises(UsageError, match="none of the registries"):
        get(web(tmp_path, clock))
    assert {request.url.host for request in asked} == {"registry.example"}


@pytest.mark.parametrize("location", [URL, "", "::::"])
def test_redirects_end(serve: Any, tmp_path: Path, clock: Clock, location: str) -> None:
    serve(lambda _: httpx.Response(302, headers={"location": location}))
    with pytest.raises(UsageError):
        get(web(tmp_path, clock))


def test_without_the_extra_it_says_which(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: Clock) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "httpx":
            raise ModuleNotFoundError(name=name)
        return imported(name, *rest, **more)

    monkeypatch.delitem(sys.modules, "httpx")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"extra `contribute`.*--offline"):
        get(web(tmp_path, clock))
