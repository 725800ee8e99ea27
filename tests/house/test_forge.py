"""The forge's files: workflows that can't be abused, forms that are valid, hooks that are the commands of this repository."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent
SCHEMAS = {
    "workflows/*.yml": "vendor.github-workflows",
    "dependabot.yml": "vendor.dependabot",
    "ISSUE_TEMPLATE/[!c]*.yml": "vendor.github-issue-forms",
    "ISSUE_TEMPLATE/config.yml": "vendor.github-issue-config",
}


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # `on` is a key, not a truth value
    return found


def steps(workflow: Path) -> list[dict[str, Any]]:
    return [step for job in read(workflow)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("pattern", SCHEMAS)
def test_the_forge_can_read_its_files(pattern: str) -> None:
    files = sorted(GITHUB.glob(pattern))
    assert files
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[pattern], *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_job_has_a_time_limit() -> None:
    assert all("timeout-minutes" in job for workflow in WORKFLOWS for job in read(workflow)["jobs"].values())


def test_an_audit_of_the_workflows_finds_nothing(tmp_path: Path) -> None:
    def audit(folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([BIN / "zizmor", "--offline", "--persona", "pedantic", folder], capture_output=True, text=True, check=False)

    done = audit(GITHUB)
    assert done.returncode == 0, done.stdout
    # The audit can fail: a title of a pull request that reaches a shell is found.
    bad = tmp_path / ".github" / "workflows" / "bad.yml"
    bad.parent.mkdir(parents=True)
    bad.write_text("on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.pull_request.title }}\n")
    assert audit(tmp_path / ".github").returncode != 0


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_to_a_commit_with_its_version_beside_it(workflow: Path) -> None:
    lines = [line for line in workflow.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    assert [line for line in lines if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


def test_what_strangers_start_has_no_secret_and_may_not_write() -> None:
    workflow = GITHUB / "workflows" / "pull-request.yml"
    assert list(read(workflow)["on"]) == ["pull_request"]
    assert read(workflow)["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in read(workflow)["jobs"].values())
    assert not re.search(r"secrets\.|github\.token", workflow.read_text(encoding="utf-8"))


def test_what_may_write_for_strangers_runs_nothing_of_theirs() -> None:
    workflow = GITHUB / "workflows" / "comment.yml"
    assert read(workflow)["permissions"] == {}
    assert all("run" not in step and "checkout" not in step["uses"] for step in steps(workflow))


def test_commands_of_workflows_exist() -> None:
    from kb.cli import COMMANDS

    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    runs = "\n".join(step["run"] for workflow in WORKFLOWS for step in steps(workflow) if "run" in step)
    assert (used := re.findall(r"\.venv/bin/kb (\w+)", runs))
    assert set(used) <= set(COMMANDS)
    assert all(f"\n{target}:" in makefile for target in re.findall(r"\bmake (\w+)", runs))


COMMENTER = """
const [script, file, pulls, comments] = process.argv.slice(1).map((arg) => JSON.parse(arg));
const said = [];
const rest = { pulls: { list: 'pulls' }, issues: { listComments: 'comments',
  createComment: (args) => said.push(['create', args]), updateComment: (args) => said.push(['update', args]) } };
const github = { rest, paginate: async (what) => ({ pulls, comments })[what] };
const core = { info: () => {}, setFailed: (why) => said.push(['failed', why]) };
const run = { head_sha: 'abc', head_branch: 'b', head_repository: { owner: { login: 'someone' } } };
const context = { repo: { owner: 'o', repo: 'r' }, payload: { workflow_run: run } };
process.env.RUNNER_TEMP = file;
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
new AsyncFunction('github', 'core', 'context', 'require', script)(github, core, context, require).then(() => console.log(JSON.stringify(said)));
"""
OURS = {"id": 7, "body": "<!-- kb-diff -->\nold", "user": {"type": "Bot", "login": "github-actions[bot]"}}
THEIRS = {"id": 8, "body": "<!-- kb-diff -->\nmine!", "user": {"type": "User", "login": "mallory"}}
PULL = {"number": 3, "head": {"sha": "abc"}}
OTHER = {"number": 4, "head": {"sha": "def"}}


@pytest.mark.skipif(shutil.which("node") is None, reason="the forge runs this script with Node.js, which is not here")
@pytest.mark.parametrize(
    ("pulls", "comments", "does", "about"),
    [
        pytest.param([OTHER, PULL], [], "create", {"issue_number": 3}, id="first-comment"),
        pytest.param([PULL], [THEIRS, OURS], "update", {"comment_id": 7}, id="updates-its-own"),
        pytest.param([PULL], [THEIRS], "create", {"issue_number": 3}, id="leaves-comments-of-others-alone"),
        pytest.param([OTHER], [], None, {}, id="not-for-another-commit"),
    ],
)
def test_the_comment_is_posted_where_it_belongs_and_is_harmless(
    tmp_path: Path, pulls: list[Any], comments: list[Any], does: str | None, about: dict[str, int]
) -> None:
    (tmp_path / "comment").mkdir()
    hostile = "hello @everyone &#64;all &#x00040;all &commat;all <!<!-- a -->-- hidden -->.<!-- hidden"
    (tmp_path / "comment" / "comment.md").write_text(f"<!-- kb-diff -->\n{hostile}", encoding="utf-8")
    script = next(step["with"]["script"] for step in steps(GITHUB / "workflows" / "comment.yml") if "script" in step.get("with", {}))
    values = [script, str(tmp_path), pulls, comments]
    done = subprocess.run(["node", "-e", COMMENTER, *map(json.dumps, values)], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    assert [what for what, _ in said] == ([does] if does else [])
    for _, args in said:
        assert args.items() >= (about | {"owner": "o", "repo": "r"}).items()
        assert args["body"] == "<!-- kb-diff -->\n\nhello @\u200beveryone @\u200ball @\u200ball @\u200ball ."


def test_the_weekly_issue_shows_what_commands_print_and_reads_none_of_it(tmp_path: Path) -> None:
    script = next(step["run"] for step in steps(GITHUB / "workflows" / "weekly.yml") if "upkeep.md" in step.get("run", ""))
    kb = tmp_path / ".venv" / "bin" / "kb"
    kb.parent.mkdir(parents=True)
    kb.write_text("#!/bin/sh\n[ $1 = queue ] && echo '## Decisions waiting: 0' && exit\nprintf '```\\n# out\\n'\nexit 1\n", encoding="utf-8")
    kb.chmod(0o755)
    summary = tmp_path / "summary"
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "GITHUB_STEP_SUMMARY": str(summary)}, check=True)
    shown = (tmp_path / "build" / "upkeep.md").read_text(encoding="utf-8")
    assert shown == summary.read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").parse(shown)
    assert [token.content for token in tokens if token.type == "code_block"] == ["```\n# out\n"] * 2
    headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    assert headings == ["Checks that depend on the day", "Decisions waiting: 0", "Identifiers"]


HOOKS = [hook for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"] for hook in repo["hooks"]]


@pytest.mark.parametrize("hook", [hook for hook in HOOKS if hook["id"].startswith("schema-")], ids=lambda hook: hook["id"])
def test_schema_hooks_accept_our_records_and_refuse_a_broken_one(hook: dict[str, Any], tmp_path: Path) -> None:
    files = [path for path in sorted(ROOT.glob("*/*.yaml")) if re.search(hook["files"], path.relative_to(ROOT).as_posix())]
    assert files
    command = hook["entry"].split()
    assert command[0] == ".venv/bin/check-jsonschema"

    def code(path: Path) -> int:
        return subprocess.run([sys.executable, "-m", "check_jsonschema", *command[1:], str(path)], cwd=ROOT, capture_output=True, check=False).returncode

    assert code(files[0]) == 0
    broken = tmp_path / "broken.yaml"
    broken.write_text(files[0].read_text(encoding="utf-8") + "\nno-such-key: 1\n", encoding="utf-8")
    assert code(broken) == 1


def test_hooks_are_commands_of_this_repository() -> None:
    from kb.cli import COMMANDS

    entries = [hook["entry"].split() for hook in HOOKS]
    assert {words[0] for words in entries} <= {".venv/bin/kb", ".venv/bin/check-jsonschema"}
    assert all(words[1] in COMMANDS for words in entries if words[0] == ".venv/bin/kb")
