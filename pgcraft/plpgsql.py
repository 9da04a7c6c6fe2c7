"""Layout of the PL/pgSQL that plugins write: lines of SQL in, the body of a function out."""

from collections.abc import Iterable, Sequence

LINE_WIDTH = 100
PASS_OVER = "IF NOT FOUND THEN RETURN NULL; END IF;"  # noqa: S105  no password
"""The line that ends a row's trigger like one whose row was not there; as a trigger of the user's may say it."""


def write_block(
    lines: Iterable[str],
    *,
    variables: Sequence[str] = (),
    prefers_columns: bool = False,
    on_error: Iterable[str] = (),
) -> str:
    """Give the body of a function: the variables' declarations, then the lines between BEGIN and END.

    Args:
        lines: statements.
        variables: each with its type.
        prefers_columns: where a name stands for a column and for a variable, as ``found`` may, take the column.
        on_error: the lines of EXCEPTION; each call of the function then runs in a subtransaction.
    """
    option = "\n#variable_conflict use_column" if prefers_columns else ""
    declared = "\nDECLARE\n    " + "\n    ".join(f"{variable};" for variable in variables) if variables else ""
    handler = "".join(f"\n{line}" for line in on_error)
    return f"{option}{declared}\nBEGIN\n    " + "\n    ".join(lines) + f"{handler}\nEND;\n"


def write_list(opening: str, items: Iterable[str], closing: str = "") -> list[str]:
    """Write a list on one line, or one item a line when it is long."""
    parts = list(items)
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) <= LINE_WIDTH:
        return [line]
    inner = [f"    {part}," for part in parts[:-1]]
    if closing == ")":
        return [opening, *inner, f"    {parts[-1]}", closing]
    return [opening.rstrip(), *inner, f"    {parts[-1]}{closing}"]


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
