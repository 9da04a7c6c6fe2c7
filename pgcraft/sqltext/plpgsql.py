"""Layout of the PL/pgSQL that plugins write: lines of SQL in, the body of a function out."""

from collections.abc import Iterable, Sequence

LINE_WIDTH = 100
LABEL = "writing"
"""The label of a block: before the name of a variable it tells that from a column of the same name."""
PASS_OVER = "IF NOT FOUND THEN RETURN NULL; END IF;"  # noqa: S105  no password
"""The line that ends a row's trigger like one whose row was not there; as a trigger of the user's may say it."""


def write_block(
    lines: Iterable[str],
    *,
    variables: Sequence[str] = (),
    prefers_columns: bool = False,
    is_labelled: bool = False,
    on_error: Iterable[str] = (),
) -> str:
    """Return the body of a function: the variables' declarations, then the lines between BEGIN and END.

    Args:
        lines: statements.
        variables: each with its type.
        prefers_columns: where a name stands for a column and for a variable, as ``found`` may, take the column.
        is_labelled: give the block its label.
        on_error: the lines of EXCEPTION; each call of the function then runs in a subtransaction.
    """
    option = "\n#variable_conflict use_column" if prefers_columns else ""
    option += f"\n<<{LABEL}>>" if is_labelled else ""
    declared = "\nDECLARE\n    " + "\n    ".join(f"{variable};" for variable in variables) if variables else ""
    handler = "".join(f"\n{line}" for line in on_error)
    return f"{option}{declared}\nBEGIN\n    " + "\n    ".join(lines) + f"{handler}\nEND;\n"


def write_list(opening: str, items: Iterable[str | Sequence[str]], closing: str = "") -> list[str]:
    """Write a list on one line, or one item a line when it is long; an item may be the lines of one itself."""
    parts = [[item] if isinstance(item, str) else list(item) for item in items]
    line = f"{opening}{', '.join(''.join(part) for part in parts)}{closing}"
    if len(line) <= LINE_WIDTH:
        return [line]
    ended = [[*part[:-1], f"{part[-1]},"] for part in parts[:-1]]
    inner = indent(line for part in ended for line in part)
    *lines, last = parts[-1]
    if closing == ")":
        return [opening, *inner, *indent((*lines, last)), closing]
    return [opening.rstrip(), *inner, *indent((*lines, f"{last}{closing}"))]


def write_if(condition: Sequence[str], then: Iterable[str]) -> list[str]:
    """Write IF over a condition of one or more lines."""
    first, *rest = condition
    return (
        [f"IF {first}", *rest, "THEN", *indent(then), "END IF;"]
        if rest
        else [
            f"IF {first} THEN",
            *indent(then),
            "END IF;",
        ]
    )


def write_short_if(condition: str, then: str) -> list[str]:
    """Write IF over one condition and one statement: on one line, or on three when that is long."""
    line = f"IF {condition} THEN {then} END IF;"
    return [line] if len(line) <= LINE_WIDTH + 20 else write_if([condition], [then])


def indent(lines: Iterable[str]) -> list[str]:
    """Move lines one step to the right."""
    return [f"    {line}" for line in lines]


def write_raise(message: str, arguments: Iterable[str] = (), **options: str) -> list[str]:
    """Write RAISE EXCEPTION.

    Args:
        message: an SQL literal; ``%`` in it stands for an argument.
        arguments: SQL expressions.
        options: ``errcode``, ``hint``, … as SQL literals.
    """
    head = ", ".join((f"RAISE EXCEPTION {message}", *arguments))
    given = [f"{key.upper()} = {value}" for key, value in options.items()]
    return [head, f"    USING {', '.join(given)};"] if given else [f"{head};"]
