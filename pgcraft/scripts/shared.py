"""Python source of what revisions share: a constant above their functions, and calls that fill it in."""

from collections.abc import MutableSet
from itertools import count

from pgcraft.render.shared import SharedSql
from pgcraft.scripts.source import escape_colons, render_execute, render_literals, spell_tabs, stands_as_it_is

_MARGIN = " " * 4


def render_shared(shared: SharedSql, imports: MutableSet[str]) -> str:
    """Return the call that runs a statement, and put the part that is shared among the lines above the functions.

    Args:
        imports: the lines that Alembic writes above the functions of the file.
    """
    if not shared.name:
        return render_execute(shared.sql)
    sql = escape_colons(spell_tabs(shared.sql))
    template = escape_colons(shared.template)
    filling = {name: escape_colons(value) for name, value in shared.filling}
    is_exact = sql == (template.format(**filling) if filling else template)
    if not (is_exact and stands_as_it_is(template.replace("\\:", ""))):
        return render_execute(shared.sql)
    name = _define(shared.name, template, imports)
    if not filling:
        return f"op.execute({name})"
    arguments = "".join(f"{_MARGIN}{key}={_render_value(value)},\n" for key, value in filling.items())
    return f"op.execute({name}.format(\n{arguments}))"


def _define(name: str, template: str, imports: MutableSet[str]) -> str:
    """Return the name under which a file has a text; two texts have two names."""
    body = template.replace("\\", "\\\\")
    for number in count(1):
        own = name if number == 1 else f"{name}_{number}"
        definition = f'{own} = """\\\n{body}\n"""'
        if not any(each.startswith(f"{own} = ") and each != definition for each in imports):
            break
    imports.add(definition)
    return own


def _render_value(value: str) -> str:
    lines = value.split("\n")
    if len(lines) == 1:
        return repr(value)
    return f"(\n{render_literals(lines, _MARGIN * 2)}\n{_MARGIN})"
