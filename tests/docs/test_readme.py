"""The two commands at the top of the README, and that CI runs the one for tests as it stands there."""

import shutil
import subprocess
from pathlib import Path

from docs.blocks import ROOT, blocks_of

README = ROOT / "README.md"
STAND_IN = """\
#!/bin/sh
mkdir -p .venv/bin scripts
echo 'echo "$@"' > .venv/bin/pip
echo 'echo tests in "$PLAYWRIGHT_CHROMIUM"' > scripts/test
chmod +x .venv/bin/pip scripts/test
"""
"""In place of Python: makes an environment and a test command that only say that they were called."""


def test_readme_begins_with_one_sentence_and_the_two_commands() -> None:
    _, sentence, *_ = README.read_text("utf-8").split("\n\n")
    assert sentence.count(".") == 1
    run, test = [block.code.strip() for block in blocks_of(README, "sh")[:2]]
    for command, end in ((run, "pywats-server demo"), (test, "scripts/test")):
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && ")
        assert command.endswith(end)


def test_ci_runs_the_line_of_the_readme(tmp_path: Path) -> None:
    """CI that had a line of its own would go on passing when the README's does not work."""
    test = blocks_of(README, "sh")[1].code.strip()
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "README.md").write_text(f"# A project\n\n```sh\n{test}\n```\n")
    (tmp_path / "python3").write_text(STAND_IN)
    (tmp_path / "python3").chmod(0o755)
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "browser").write_text("#!/bin/sh\necho a browser\n")
    (tmp_path / "scripts" / "browser").chmod(0o755)
    done = subprocess.run(
        ["bash", tmp_path / ".ci" / "run"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [f"+ {test}", "install -q -c constraints.txt -e .[test]", "tests in a browser"]


def test_scripts_work_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run([ROOT / "scripts" / "test", "--version"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("pytest ")
