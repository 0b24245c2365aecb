"""The options that commands share. Their help and their environment variables come from the settings."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pywats_server.settings import Settings, variable


def _option(name: str, *flags: str) -> Any:
    return typer.Option(
        *(flags or (f"--{name.replace('_', '-')}",)),
        envvar=variable(name),
        help=Settings.model_fields[name].description,
        show_default=False,
    )


Data = Annotated[Path | None, _option("data")]
DatabaseAddress = Annotated[str | None, _option("database")]
Host = Annotated[str | None, _option("host")]
Port = Annotated[int | None, _option("port")]
Workers = Annotated[int | None, _option("workers")]
LogLevel = Annotated[str | None, _option("log_level")]
LogFormat = Annotated[str | None, _option("log_format")]
MaxBodyBytes = Annotated[int | None, _option("max_body_bytes")]
QuerySeconds = Annotated[float | None, _option("query_seconds")]


def settings(**given: Any) -> Settings:
    """Return the settings with what was given on the command line; the rest is from the environment or its default."""
    return Settings(**{name: value for name, value in given.items() if value is not None})
