"""The `[tool.pgcraft]` table of a pyproject.toml, checked key by key."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pgcraft.devdb.trying.access import Identity
from pgcraft.errors import find_nearest
from pgcraft.installed.project_file import TABLE, Toml, find_table, read_disabled, read_toml, wrong_setting
from pgcraft.service.findings import EVERYTHING, LintChoice
from pgcraft.service.writing import PLAINLY, Writing, is_duration

_KEYS: dict[str, tuple[type, ...]] = {
    "models": (str,),
    "metadata": (str,),
    "alembic_ini": (str,),
    "dev_url": (str,),
    "load_timeout": (int, float),
    "disabled_extensions": (object,),  # which says itself what it is
    "name": (str,),
    "deploy_as": (str,),
    "verify": (list,),
    "databases": (dict,),
    "lint": (dict,),
    "lock_timeout": (str,),
    "statement_timeout": (str,),
    "online": (bool,),
}
_DEPLOYERS = ("owner", "superuser")
_DATABASE = 'databases = { production = "$PRODUCTION_URL", staging = "postgresql://app@host/shop" }'
_LINT = 'lint = { ignore = ["PGL112", "PGL201:sales.*"] }'
_IDENTITY = '[[tool.pgcraft.verify]] role = "web_user", claims = { tenant = "a" }'


@dataclass(frozen=True)
class Settings:
    """What the table says; None where it is silent.

    Attributes:
        is_present: whether the file has the table at all.
        load_timeout_s: seconds.
        identities: who verify tries to keep apart.
        databases: names of real databases, each with its address or the variable that holds it.
        lint: which of its findings are wanted.
        writing: how revisions are written.
    """

    is_present: bool = False
    models: str | None = None
    metadata: str | None = None
    alembic_ini: str | None = None
    dev_url: str | None = None
    load_timeout_s: float | None = None
    disabled: tuple[str, ...] = ()
    name: str | None = None
    project_name: str | None = None
    deploy_as: str | None = None
    identities: tuple[Identity, ...] = ()
    databases: tuple[tuple[str, str], ...] = ()
    lint: LintChoice = EVERYTHING
    writing: Writing = PLAINLY


def read_settings(path: Path) -> Settings:
    """Read a pyproject.toml.

    Raises:
        PGCraftConfigError: PGC011, it is not TOML; PGC003, a key is unknown or of the wrong type; PGC010, the list of
            disabled extensions is not a list of names.
    """
    content = read_toml(path)
    table = find_table(content, path)
    project = content.get("project")
    project_name = project.get("name") if isinstance(project, dict) else None
    known_name = project_name if isinstance(project_name, str) else None
    if table is None:
        return Settings(project_name=known_name)
    _check(path, table)
    timeout = table.get("load_timeout")
    return Settings(
        is_present=True,
        models=table.get("models"),
        metadata=table.get("metadata"),
        alembic_ini=table.get("alembic_ini"),
        dev_url=table.get("dev_url"),
        load_timeout_s=None if timeout is None else float(timeout),
        disabled=read_disabled(table, path),
        name=table.get("name"),
        project_name=known_name,
        deploy_as=table.get("deploy_as"),
        identities=tuple(dict.fromkeys(_read_identity(path, each) for each in table.get("verify", ()))),
        databases=tuple(sorted(_read_databases(path, table.get("databases", {})))),
        lint=_read_lint(path, table["lint"]) if "lint" in table else EVERYTHING,
        writing=Writing(table.get("lock_timeout", ""), table.get("statement_timeout", ""), table.get("online", False)),
    )


def _check(path: Path, table: Toml) -> None:
    for key, value in table.items():
        if key not in _KEYS:
            near = find_nearest(key, _KEYS)
            known = ", ".join(sorted(_KEYS))
            raise wrong_setting(
                path,
                f'unknown key "{key}" in {TABLE}',
                f'did you mean "{near}"?' if near else f"known keys: {known}",
            )
        if not isinstance(value, _KEYS[key]) or (isinstance(value, bool) and bool not in _KEYS[key]):
            wanted = " or ".join(kind.__name__ for kind in _KEYS[key])
            raise wrong_setting(path, f"{key} is {value!r}, not a {wanted}", f"see {key} in docs/setup.md")
    timeout = table.get("load_timeout")
    if isinstance(timeout, int | float) and timeout <= 0:
        raise wrong_setting(
            path, f"load_timeout is {timeout}, not a number of seconds above 0", "write load_timeout = 10"
        )
    for key in ("lock_timeout", "statement_timeout"):
        if not is_duration(table.get(key, "0")):
            raise wrong_setting(path, f"{key} is {table[key]!r}, which is no duration", f'write {key} = "5s"')
    deployer = table.get("deploy_as", _DEPLOYERS[0])
    if deployer not in _DEPLOYERS:
        listed = " or ".join(f'"{name}"' for name in _DEPLOYERS)
        raise wrong_setting(path, f"deploy_as is {deployer!r}, not {listed}", "see deploy_as in docs/setup.md")


def _read_databases(path: Path, entries: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, address in entries.items():
        if not isinstance(address, str) or "://" in name:
            raise wrong_setting(path, f"databases has {name} = {address!r}, which is no address", f"write {_DATABASE}")
        yield name, address


def _read_lint(path: Path, entries: dict[str, Any]) -> LintChoice:
    from pgcraft.service.lint_rules import find_unknown  # not for those who say nothing of it

    lists = [entries.get(key, []) for key in ("select", "ignore")]
    is_known = set(entries) <= {"select", "ignore"} and all(isinstance(each, list) for each in lists)
    if not is_known or not all(isinstance(code, str) for each in lists for code in each):
        raise wrong_setting(path, f"lint is {entries!r}, which selects or ignores no codes", f"write {_LINT}")
    choice = LintChoice(*map(tuple, lists))
    unknown = find_unknown(choice)
    if unknown:
        raise wrong_setting(path, f"lint has no rule {unknown}", '"pgcraft lint --rules" lists them')
    return choice


def _read_identity(path: Path, entry: object) -> Identity:
    """Read one of ``[[tool.pgcraft.verify]]``; its claims name its role as well, as a token does."""
    fields: dict[str, Any] = entry if isinstance(entry, dict) else {}
    role, claims = fields.get("role"), fields.get("claims", {})
    if not isinstance(role, str) or not role or not isinstance(claims, dict) or set(fields) - {"role", "claims"}:
        raise wrong_setting(path, f"{entry!r} names nobody whom verify can be", f"write {_IDENTITY}")
    try:
        return Identity(role, json.dumps(claims, ensure_ascii=False))
    except TypeError as error:
        raise wrong_setting(
            path, f"the claims of {role} are no JSON: {error}", "write the date or time as text"
        ) from error
