"""The client that is published for other WATS servers, `pywats-api`, in an environment of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REQUIREMENT = "pywats-api==0.6.0rc1"
"""It is named exactly, so that what is told about it stays true."""

_KEPT = Path(__file__).parents[1] / "build" / "published"
_PATIENCE_SECONDS = 300


class NotInstalled(Exception):
    """The package index did not give the published client."""


def interpreter() -> Path:
    """
    Return the Python of an environment that has the published client; make it if there is none from an earlier run.

    Raises:
        NotInstalled: It cannot be made, with the installer's words.
    """
    python = sys.version_info
    environment = _KEPT / f"{REQUIREMENT}-{python.major}.{python.minor}"
    if not environment.exists():
        _KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_KEPT) as unfinished:
            _make(Path(unfinished) / "environment")
            # Told last, so that an environment that was not finished is never taken for one.
            shutil.move(Path(unfinished) / "environment", environment)
    return _python(environment)


def _python(environment: Path) -> Path:
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _make(environment: Path) -> None:
    uv = shutil.which("uv")
    _run([sys.executable, "-m", "venv", *(["--without-pip"] if uv else []), str(environment)])
    python = str(_python(environment))
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    _run([*install, "--quiet", REQUIREMENT])


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=_PATIENCE_SECONDS)
    except subprocess.CalledProcessError as error:
        raise NotInstalled(error.stderr.strip() or str(error)) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalled(str(error)) from error
