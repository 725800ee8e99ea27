"""`kb serve`: build the wiki, show it in the browser, rebuild when something changes."""

from __future__ import annotations

import argparse
from pathlib import Path

POLL_SECONDS = 0.5


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-p", "--port", type=int, default=8000, metavar="N", help="port on this machine (default: 8000; 0 picks a free one)")


def run(args: argparse.Namespace) -> int:
    import threading
    import time

    from kb.cli import UsageError
    from kb.commands.build import below
    from kb.evidence.state import derive
    from kb.records import find_root, load
    from kb.site import build, preview

    root = find_root(Path(args.root or "."))
    if not (root / "mkdocs.yml").is_file():
        raise UsageError(f"no mkdocs.yml in {root}: the preview needs the site's configuration")

    def make(site: Path) -> str:
        started = time.perf_counter()
        corpus = load(root)
        changed = build(corpus, derive(corpus), below(root, "build", "docs"), root)
        error = preview.mkdocs(root, site)
        for problem in corpus.problems:
            print(f"{problem.place}: {problem.code} {problem.message}", flush=True)
        if not error:
            print(f"built in {time.perf_counter() - started:.1f} s, {len(changed)} files changed", flush=True)
        return error

    shown = preview.Shown()
    folders = (below(root, "build", "serve", "a"), below(root, "build", "serve", "b"))
    try:
        server = preview.serve(shown, args.port)
    except OSError as error:
        raise UsageError(f"port {args.port} can't be used ({error.strerror}): name another with --port") from None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}/  (Ctrl-C stops)", flush=True)
    watched = [root / "kb.yaml", root / "mkdocs.yml", root / "docs", *(root / folder for folder in load(root).config.folders.values())]
    watched += [Path(preview.__file__).parent / part for part in ("templates", "assets", "theme", "guide")]
    before: dict[str, tuple[int, int]] | None = None
    try:
        while True:
            now = preview.fingerprint(watched)
            if now != before:
                before = now
                if not preview.rebuild(shown, folders, make):
                    print(f"kb: not built; the last good pages stay\n{shown.error}", flush=True)
            time.sleep(POLL_SECONDS)
    except KeyboardInterrupt:
        print()
        return 0
    finally:
        server.shutdown()
        server.server_close()
