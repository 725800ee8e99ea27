"""Polite look-ups: one request at a time, paced, bounded, cached, and only to the hosts that a handler names.

What comes back is untrusted bytes. Nothing here follows a redirect to another host or scheme, waits without bound or
keeps an answer that its reader did not accept.
"""

from __future__ import annotations

import email.utils
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from kb import __version__
from kb.contribute.plain import line, missing
from kb.errors import UsageError
from kb.records.store import Store

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

MAX_BYTES: Final = 2 * 1024 * 1024
"""An answer's size limit."""
KEPT_SECONDS: Final = 7 * 24 * 3600
"""How long an answer is believed."""
_KEPT: Final = 2_000
_ATTEMPTS: Final = 4
_LONGEST_WAIT: Final = 60.0
_DEADLINE: Final = 60.0
_REDIRECTS: Final = 5
_BUSY: Final = frozenset({429, 500, 502, 503, 504})
AGENT: Final = f"persona-evidence-wiki/{__version__} (kb; one work at a time)"


def transport() -> httpx.BaseTransport | None:
    """What requests go through; None is httpx's own. Tests replace it."""
    return None


class NotFoundError(UsageError):
    """The registry answered that it has no such thing."""


@dataclass
class Web:
    """Look-ups of one run."""

    store: Store
    fresh: bool = False
    """Ask again even where an answer is kept."""
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = field(default_factory=lambda: time.sleep)

    def get(self, url: str, accept: str, read: Callable[[bytes], T], *, hosts: Sequence[str], every: float) -> T:
        """What `read` makes of the answer to a GET request, from the cache where it was asked for lately.

        `hosts` are the host names (with those below them) that may be asked and redirected to; `every` is the least time in
        seconds between two requests to one host, over runs too. Only an answer that `read` accepts is kept.
        Raises UsageError where there is no answer, with the reason and what to do instead; `read` raises its own.
        """
        name = f"answer-{hashlib.sha256(f'{url} {accept}'.encode()).hexdigest()}"
        if not self.fresh and (kept := self._kept(name)) is not None:
            return read(kept)
        body = self._ask(url, accept, hosts, every)
        answer = read(body)
        self.store.write(name, f"{int(self.clock())}\n".encode() + body)
        self.store.prune("answer-", _KEPT)
        return answer

    def _kept(self, name: str) -> bytes | None:
        stamp, _, body = (self.store.read(name) or b"").partition(b"\n")
        return body if stamp.isdigit() and 0 <= self.clock() - int(stamp) < KEPT_SECONDS else None

    def _ask(self, url: str, accept: str, hosts: Sequence[str], every: float) -> bytes:
        try:
            import httpx
        except ModuleNotFoundError as error:
            raise missing("httpx") from error
        headers = {"User-Agent": AGENT, "Accept": accept, "Accept-Encoding": "identity"}
        with httpx.Client(transport=transport(), headers=headers, timeout=httpx.Timeout(15.0), follow_redirects=False) as client:
            target = httpx.URL(url)
            for _ in range(_REDIRECTS):
                if target.scheme != "https" or not any(target.host == host or target.host.endswith("." + host) for host in hosts):
                    raise _instead(f"{hosts[0]} points to {line(target.host, 80) or 'nowhere'}, which is none of the registries that are asked")
                answer = self._patiently(client, target, every)
                if not isinstance(answer, bytes):
                    target = target.join(answer)
                    continue
                return answer
        raise _instead(f"{hosts[0]} redirects without end")

    def _patiently(self, client: httpx.Client, url: httpx.URL, every: float) -> bytes | str:
        """The answer's bytes, or where it redirects to; tried again while the host is busy."""
        import httpx

        reason = ""
        for attempt in range(_ATTEMPTS):
            self._pace(url.host, every)
            wait = every * 2**attempt
            try:
                with client.stream("GET", url) as response:
                    if response.is_redirect:
                        return str(response.headers.get("location", ""))
                    if response.status_code == 200:
                        return self._bounded(response)
                    if response.status_code in (404, 410):
                        raise NotFoundError(f"{url.host} knows no such work")
                    reason = f"it answered {response.status_code}"
                    if response.status_code not in _BUSY:
                        break
                    wait = max(wait, self._asked_to_wait(response.headers.get("retry-after", "")))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                reason = line(str(error), 120) or type(error).__name__
                if isinstance(error, (httpx.ConnectError, httpx.InvalidURL)):
                    break
            if wait > _LONGEST_WAIT:
                raise _instead(f"{url.host} asks to wait {wait:.0f} seconds ({reason}); try again later")
            if attempt < _ATTEMPTS - 1:
                self.sleep(wait)
        raise _instead(f"{url.host} can't be asked: {reason}")

    def _bounded(self, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size, started = 0, self.clock()
        for chunk in response.iter_bytes():
            parts.append(chunk)
            size += len(chunk)
            if size > MAX_BYTES:
                raise _instead(f"{response.url.host} answers with more than {MAX_BYTES // 2**20} MB")
            if self.clock() - started > _DEADLINE:
                raise _instead(f"{response.url.host} takes longer than {_DEADLINE:.0f} seconds to answer")
        return b"".join(parts)

    def _pace(self, host: str, every: float) -> None:
        """Wait until `every` seconds have passed since the last request to a host, in this run or an earlier one."""
        name = f"asked-{hashlib.sha256(host.encode()).hexdigest()[:16]}"
        last = (self.store.read(name) or b"").decode("ascii", "replace")
        since = self.clock() - float(last) if last.replace(".", "", 1).isdigit() else every
        if 0 <= since < every:
            self.sleep(every - since)
        self.store.write(name, f"{self.clock():.3f}".encode())

    def _asked_to_wait(self, header: str) -> float:
        """Seconds that a Retry-After header asks for: a number of seconds or a date (RFC 9110, 10.2.3); 0 where it says neither."""
        if header.strip().isdigit() and len(header) < 10:
            return float(header)
        try:
            return max(0.0, email.utils.parsedate_to_datetime(header).timestamp() - self.clock())
        except (TypeError, ValueError, OverflowError):
            return 0.0


def _instead(reason: str) -> UsageError:
    return UsageError(
        f"{reason}; give the work as a file with --bibtex FILE or --from FILE (CSL-JSON, CSL-YAML, RIS), or scaffold it with --offline and fill it in by hand"
    )
