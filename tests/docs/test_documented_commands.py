"""Every command that the docs show works as shown, over the demo market and a small file."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from openbell.cli import main
from openbell.desk import Desk

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
PREFIX = ".venv/bin/openbell "


def documented() -> dict[str, list[str]]:
    """The commands of each page's `sh` blocks, in order, and what writes their files."""
    found = {}
    for page in PAGES:
        blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page.read_text(), re.DOTALL | re.MULTILINE)
        lines = [line.strip() for block in blocks for line in block.splitlines()]
        commands = [line for line in lines if line.startswith((PREFIX, "printf "))]
        if commands:
            found[page.name] = commands
    return found


def test_the_readme_and_the_manual_show_commands():
    assert {"README.md", "cli.md", "store.md"} <= documented().keys()


@pytest.mark.parametrize("page", documented())
def test_every_command_of_a_page_works(
    page: str, demo_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    home = tmp_path / "home"
    shutil.copytree(demo_desk.settings.folder, home)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENBELL_HOME", str(home))
    monkeypatch.setenv("OPENBELL_OFFLINE", "true")
    for line in documented()[page]:
        if line.startswith("printf "):
            subprocess.run(line, shell=True, check=True)
            continue
        command = line.removeprefix(PREFIX)
        monkeypatch.setattr(sys, "argv", ["openbell", *shlex.split(command, comments=True)])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        if command.startswith("doctor"):  # the page need not be built where only this test runs
            assert "Next:" in out or "Everything works" in out
        else:
            assert not end.value.code, f"{command}: {err}"
            assert out.strip(), command
