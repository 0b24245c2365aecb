"""The settings of the server. Each is also an environment variable: `PYWATS_SERVER_` and its name."""

from enum import StrEnum
from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "PYWATS_SERVER_"


class LogFormat(StrEnum):
    """How the server's log is written."""

    CONSOLE = "console"
    JSON = "json"


class Settings(BaseSettings):
    """All settings. An argument wins over the environment, which wins over the default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    data: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("pywats-server", appauthor=False),
        description="The data folder; holds the SQLite database. By default a folder of the user who runs the server.",
    )
    database: str | None = Field(
        None,
        description="Address of the database, such as sqlite:////srv/pywats/pywats.sqlite or "
        "postgresql://user:password@host/name; instead of --data.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for every network.")
    port: int = Field(8470, ge=0, le=65535, description="Port to listen on; 0 chooses a free one.")
    workers: int = Field(1, ge=1, le=64, description="Server processes.")
    log_level: str = Field("info", pattern="^(debug|info|warning|error)$", description="debug, info, warning or error.")
    log_format: LogFormat = Field(LogFormat.CONSOLE, description="console for people, json for programs.")
    max_body_bytes: int = Field(
        32 * 1024 * 1024, ge=1024, description="The largest body that is taken, files included."
    )
    query_seconds: float = Field(1.0, gt=0, description="Computing time that one list may take in the database.")

    @property
    def database_url(self) -> str:
        """The address of the database, whichever way it was given."""
        return self.database or f"sqlite:///{self.data.absolute() / 'pywats.sqlite'}"


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.upper()
