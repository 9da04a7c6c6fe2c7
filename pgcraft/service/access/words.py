"""What a role can reach, in lines of text: for the command, and for the workbench."""

from collections.abc import Iterator

from pgcraft.catalog.objects import escape_name, escape_text
from pgcraft.catalog.privileges import PUBLIC
from pgcraft.service.access.types import AccessAnswer, Reached, Right, RowFilter, Rule, Way

_DOES = {"select": "reads", "insert": "inserts into", "update": "updates", "delete": "deletes from"}


def describe_role(answer: AccessAnswer) -> Iterator[str]:
    """Return what the role is: its attributes, the roles that it has the privileges of, those that it may become."""
    if answer.attributes:
        yield ", ".join(answer.attributes)
    for name, way in answer.inherits:
        via = f", by way of {' and '.join(map(escape_name, way[:-1]))}" if way[1:] else ""
        yield f"has what {escape_name(name)} has{via}"
    if answer.may_become:
        yield f"may become {', '.join(map(escape_name, answer.may_become))}"
    yield from (f"note: {note}" for note in answer.notes)


def describe_reached(item: Reached, role: str) -> Iterator[str]:
    """Return an object's lines: its name, its privileges with their ways, what is behind, which rows."""
    yield str(item.id)
    if item.blocked:
        yield f"  out of reach: {escape_text(item.blocked)}"
    yield from (f"  {line}" for line in _describe_rights(item.rights, role))
    for each in item.behind:
        missing = f", which lacks {each.missing}" if each.missing else ""
        yield f"  {_DOES.get(each.does, each.does)} {each.id} as {escape_text(each.role)}{missing}"
    for found in item.filters:
        yield from (f"  {line}" for line in _describe_filter(found))


def _describe_rights(rights: tuple[Right, ...], role: str) -> Iterator[str]:
    """Return privileges that are held alike on one line."""
    alike: dict[str, list[str]] = {}
    for right in rights:
        columns = f" ({', '.join(map(escape_name, right.columns))})" if right.columns else ""
        ways = ", and ".join(describe_way(way, role, is_limited=not right.columns) for way in right.ways)
        alike.setdefault(ways, []).append(f"{right.privilege}{columns}")
    for ways, privileges in alike.items():
        yield f"{', '.join(privileges)}: {ways}"


def describe_way(way: Way, role: str, *, is_limited: bool = True) -> str:
    """Return ``granted to readers, of which it is a member``, ``PUBLIC, as by default``, ``owner``.

    Args:
        is_limited: whether the columns are told, where the way gives some alone.
    """
    who = escape_name(way.grantee)
    through = f", by way of {' and '.join(map(escape_name, way.through[:-1]))}" if way.through[1:] else ""
    columns = f" ({', '.join(map(escape_name, way.columns))})" if way.columns and is_limited else ""
    option = ", may be passed on" if way.grantable and way.reason == "grant" else ""
    match way.reason:
        case "superuser":
            return "superuser"
        case "default":
            return "everyone, as by default"
        case "owner":
            return "owner" if way.grantee == role else f"owned by {who}{through}"
        case "predefined role":
            return f"every object, by {who}{through}"
        case _ if way.grantee == role:
            return f"granted{columns}{option}"
        case _ if way.grantee == PUBLIC:
            return f"granted to everyone{columns}{option}"
        case _:
            return f"granted to {who}{through}{columns}{option}"


def _describe_filter(found: RowFilter) -> Iterator[str]:
    if found.bypass:
        yield f"rows of {found.table}: all of them, {escape_text(found.bypass)}"
    elif not any(rule.permissive for rule in found.rules):
        yield f"rows of {found.table}: none, no policy lets {escape_text(found.role)} have any"
    else:
        yield f"rows of {found.table}, for {escape_text(found.role)}:"
    if not found.bypass:
        yield from (f"  {line}" for rule in found.rules for line in _describe_rule(rule))


def _describe_rule(rule: Rule) -> Iterator[str]:
    roles = ", ".join(map(escape_name, rule.roles))
    kind = "" if rule.permissive else "restrictive "
    yield f"{kind}policy {escape_name(rule.name)} for {rule.command} to {roles}"
    for word, text in (("using", rule.using), ("with check", rule.check)):
        if text is not None:
            first, *others = text.splitlines() or [""]
            yield f"  {word} {escape_text(first)}"
            yield from (f"    {escape_text(line)}" for line in others)
