"""A real browser for tests of the built site, from file:// and without a network. Import after `pytest.importorskip("playwright.sync_api")`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
if os.environ.get("CI") and CHROMIUM is None:
    raise RuntimeError("CI has to have a chromium: the browser tests are not optional there")


@contextmanager
def running() -> Iterator[Any]:
    """A browser without a window."""
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """One page with what it asked for and complained of; from disk, or from a server `at` an address."""

    def __init__(self, browser: Any, folder: Path, path: str, width: int = 1280, scheme: str = "light", scripts: bool = True, at: str = "") -> None:
        self.context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=scripts)
        # Two busy cores may be slow; what is tested is not the time.
        self.context.set_default_timeout(120_000)
        self.page = self.context.new_page()
        self.asked: list[str] = []
        self.problems: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.at = at
        self.page.goto(f"{at}/{path}" if at else (folder / "site" / path).as_uri())

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *error: object) -> None:
        self.context.close()

    @property
    def foreign(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(("data:", "blob:", "about:", f"{self.at}/" if self.at else "file:"))]
