"""
The settings file: TOML, one table of settings for each server.

    base_url = "https://wats.example.com"
    token = "..."

    [profiles.lab]
    base_url = "https://wats-lab.example.com"
    ca_file = "company-ca.pem"

What stands at its top is for whoever names no profile; a profile takes nothing from there.
"""

import os
import stat
import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONFIG_VARIABLE = "PYWATS_CONFIG"
PROFILE_VARIABLE = "PYWATS_PROFILE"
PROFILES = "profiles"


@dataclass(frozen=True, slots=True)
class Table:
    """The settings of one server in a file. `prefix` is what stands before a key's own name, `profiles.lab.`."""

    path: Path
    prefix: str
    values: Mapping[str, Any]

    def origin(self, name: str) -> str:
        """Where the setting *name* stands."""
        return f"{self.path}: {self.prefix}{name}"


def settings_path(environment: Mapping[str, str], platform: str = sys.platform) -> Path | None:
    """The file to read: the one that PYWATS_CONFIG names, else the user's own. An empty variable means none."""
    if (told := environment.get(CONFIG_VARIABLE)) is not None:
        return Path(told).expanduser() if told else None
    return _folder(environment, platform) / "pywats" / "config.toml"


def _folder(environment: Mapping[str, str], platform: str) -> Path:
    """Where programs keep the settings of a user."""
    # Unlike Path.home(), this passes a user without a home, such as a service: the file is then not there.
    home = Path(os.path.expanduser("~"))  # noqa: PTH111
    if platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
    if platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config")


def read_settings_file(environment: Mapping[str, str], profile: str | None, secrets: Set[str]) -> Table | None:
    """
    The settings for *profile*, or for whoever names none. None when there is no file and none was asked for.

    Args:
        secrets: Names of the settings that not everybody may read.

    Raises:
        ValueError: The file or the profile is missing, cannot be read, or everybody may read a secret in it.
    """
    path = settings_path(environment)
    if path is None or not (path.is_file() or environment.get(CONFIG_VARIABLE)):
        if profile is not None:
            raise ValueError(f"profile is {profile!r}, but there is no settings file {str(path or '')!r}")
        return None
    content = _content(path)
    if _is_open(path) and _holds(content, secrets):
        raise ValueError(
            f"Everybody on this machine can read the token in {str(path)!r}; take care of it: chmod o= {path}"
        )
    if profile is None:
        return Table(path, "", {name: value for name, value in content.items() if name != PROFILES})
    return Table(path, f"{PROFILES}.{profile}.", _profile(content, path, profile))


def _profile(content: Mapping[str, Any], path: Path, profile: str) -> Mapping[str, Any]:
    known = content.get(PROFILES)
    known = known if isinstance(known, dict) else {}
    if not isinstance(values := known.get(profile), dict):
        raise ValueError(f"profile is {profile!r}; {path} knows {', '.join(map(repr, known)) or 'none'}")
    return values


def _content(path: Path) -> Mapping[str, Any]:
    # Most programs have no such file.
    import tomllib

    try:
        # Editors on Windows put a mark before UTF-8.
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ValueError(f"The settings file {str(path)!r} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"The settings file {str(path)!r} is no TOML: {error}") from error


def _is_open(path: Path) -> bool:
    """Whether everybody on this machine may read it. On Windows the folder of a user is private already."""
    return os.name == "posix" and bool(path.stat().st_mode & stat.S_IROTH)


def _holds(content: Mapping[str, Any], names: Set[str]) -> bool:
    return any(_holds(value, names) if isinstance(value, dict) else name in names for name, value in content.items())
