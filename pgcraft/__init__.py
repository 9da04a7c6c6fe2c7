"""Keep a PostgreSQL schema as Python: factories, API views, migrations.

Importing the package loads nothing else; names are looked up when they are used (PEP 562).
"""

TYPE_CHECKING = False  # type checkers take it for true; importing it would load typing
if TYPE_CHECKING:
    from pgcraft.models.naming import pgcraft_build_naming_conventions

__all__ = ["pgcraft_build_naming_conventions"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pgcraft.models import naming

    return getattr(naming, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__} - {"TYPE_CHECKING"})
