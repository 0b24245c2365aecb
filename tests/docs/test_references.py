"""The pages in docs/reference say what the code says, and leave nothing out."""

import re
import subprocess
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import click
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

import pywats
import pywats.testing
from docs.blocks import PAGES, ROOT, page_id
from pywats import errors as client_errors
from pywats.commands import line as client_line
from pywats.domains.asset.async_service import AsyncAssetService
from pywats.settings import SETTINGS
from pywats.settings_file import CONFIG_VARIABLE, PROFILE_VARIABLE
from pywats_server import errors as server_errors
from pywats_server.api import routes
from pywats_server.commands.line import app
from pywats_server.settings import PREFIX, Settings, variable

REFERENCE = ROOT / "docs" / "reference"


def reference(name: str) -> str:
    return (REFERENCE / name).read_text("utf-8")


def subclasses(cls: type) -> set[type]:
    return {cls}.union(*map(subclasses, cls.__subclasses__()))


def command_names(command: object, path: str = "pywats-server") -> list[str]:
    if isinstance(command, TyperGroup):
        return [name for word, inner in command.commands.items() for name in command_names(inner, f"{path} {word}")]
    assert isinstance(command, TyperCommand)
    return [path]


def client_command_names(command: click.Command, path: str = "pywats") -> list[str]:
    if isinstance(command, click.Group):
        inner = command.commands.items()
        return [name for word, each in inner for name in client_command_names(each, f"{path} {word}")]
    return [path]


def option_variables() -> set[str]:
    """Return the environment variable of every option, as the command line itself makes it up."""
    root = get_command(app)
    assert isinstance(root, TyperGroup)
    return _variables(root, root.context_class(root, info_name="pywats-server", **root.context_settings))


def _variables(command: Any, context: Any) -> set[str]:
    if isinstance(command, TyperGroup):
        inner = [(each, each.context_class(each, parent=context, info_name=n)) for n, each in command.commands.items()]
        return set().union(*(_variables(each, its_context) for each, its_context in inner))
    options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
    return {option.envvar or f"{context.auto_envvar_prefix}_{option.name.upper()}" for option in options}


def test_generated_pages_are_up_to_date() -> None:
    """Run scripts/docs when this fails."""
    done = subprocess.run([ROOT / "scripts" / "docs", "--check"], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_settings_are_all_documented() -> None:
    assert [name for name in Settings.model_fields if f"`{variable(name)}`" not in reference("settings.md")] == []
    assert [known for known in SETTINGS if f"`{known.variable}`" not in reference("settings.md")] == []


def test_routes_are_all_documented() -> None:
    modules = [import_module(f"{routes.__name__}.{found.name}") for found in iter_modules(routes.__path__)]
    routers = [member for module in modules for member in vars(module).values() if isinstance(member, APIRouter)]
    calls = [
        f"{method} {re.sub(':path', '', route.path)}"
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    ]
    assert len(calls) > 30
    page = reference("rest.md")
    assert [call for call in calls if f"### {call}\n" not in page] == []


def test_methods_of_the_client_are_all_documented() -> None:
    methods = [name for name in vars(AsyncAssetService) if not name.startswith("_")]
    assert [name for name in methods if f"### {name}\n" not in reference("client.md")] == []


@pytest.mark.parametrize("module", [pywats, pywats.testing], ids=lambda module: module.__name__)
def test_names_of_the_client_are_all_documented(module: ModuleType) -> None:
    page = reference("client.md")
    assert [name for name in module.__all__ if f"# {name}\n" not in page and not is_told_elsewhere(module, name)] == []


def is_told_elsewhere(module: ModuleType, name: str) -> bool:
    """Errors have a page of their own."""
    thing = getattr(module, name)
    return name == "__version__" or (isinstance(thing, type) and issubclass(thing, Exception))


def test_error_classes_are_all_documented() -> None:
    page = reference("errors.md")
    client = {cls for cls in subclasses(client_errors.PyWATSError) if cls.__module__ == client_errors.__name__}
    server = subclasses(server_errors.DomainError) - {server_errors.DomainError}
    assert [cls.__name__ for cls in client if f"`{cls.__name__}`" not in page] == []
    assert [cls.__name__ for cls in server if f"`{cls.code}`" not in page] == []


def test_commands_are_all_documented() -> None:
    page = reference("commands.md")
    names = [*client_command_names(client_line.app), *command_names(get_command(app))]
    assert [name for name in names if f"## {name}\n" not in page] == []


def test_variables_of_options_are_all_documented() -> None:
    assert [name for name in option_variables() if f"`{name}`" not in reference("commands.md")] == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_variables_that_a_page_names_exist(page: Path) -> None:
    client = {CONFIG_VARIABLE, PROFILE_VARIABLE, *(known.variable for known in SETTINGS)}
    known = {*client, *map(variable, Settings.model_fields), *option_variables()}
    named = set(re.findall(rf"\b(?:{PREFIX}|PYWATS_)\w+", page.read_text("utf-8")))
    assert named - known == set()
