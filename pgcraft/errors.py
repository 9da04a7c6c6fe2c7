"""Every error of pgcraft: a code, what is wrong, where in the user's file, and how to mend it.

The tree::

    PGCraftError
    ├── PGCraftConfigError          PGC0xx  project files, settings, command lines
    ├── PGCraftValidationError      PGC1xx  a declaration in models.py
    │   ├── PGCraftColumnError              … names a column that is not there (a ValueError too)
    │   └── PGCraftPluginError      PGC2xx  … by way of a plugin or an extension
    │       └── PGCraftContextError         … a context key read before, or set after, its writer (a KeyError too)
    ├── PGCraftLoadError            PGC3xx  importing the user's models in the child process
    ├── PGCraftPlanError            PGC4xx  rendering, comparing, planning, revisions
    └── PGCraftDatabaseError        PGC5xx  servers and databases

Errors cross processes as plain fields: ``from_dict(error.to_dict())`` gives them back whole.
Each code has a row in docs/errors.md.
"""

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import ClassVar, TypedDict


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the user's files something was said.

    Attributes:
        file: path as the user knows it, relative to the project when inside it.
        line: counted from 1; 0 when only the file is known.
        subject: what stands there, as ``PGCraftCheck in PGCraftSimple("order")``; may be empty.
    """

    file: str
    line: int
    subject: str = ""

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.line else self.file
        return ", ".join(part for part in (at, self.subject) if part)


class ErrorFields(TypedDict):
    """The plain form of an error, as it crosses the pipe."""

    type: str
    code: str
    what: str
    place: dict[str, str | int] | None
    remedy: str
    detail: str


class PGCraftError(Exception):
    """The root of the tree.

    Args:
        code: ``PGC`` and three digits; one row of docs/errors.md.
        what: one sentence with every name and number the reader needs.
        place: where in the user's files, when it is known.
        remedy: how to mend it.
        detail: longer material, shown on demand: a traceback, the server's message.
    """

    exit_code: ClassVar[int] = 2

    def __init__(
        self,
        code: str,
        what: str,
        *,
        place: Place | None = None,
        remedy: str = "",
        detail: str = "",
    ) -> None:
        super().__init__(code, what)
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
        self.detail = detail

    def __str__(self) -> str:
        lines = [f"{self.code}: {self.what}"]
        if self.place is not None:
            lines.append(f"  at {self.place}")
        lines += [f"  {line}" for line in self.remedy.splitlines()]
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        return (from_dict, (self.to_dict(),))

    def to_dict(self) -> ErrorFields:
        """Return the fields as JSON can hold them."""
        return {
            "type": type(self).__name__,
            "code": self.code,
            "what": self.what,
            "place": asdict(self.place) if self.place else None,
            "remedy": self.remedy,
            "detail": self.detail,
        }


class PGCraftConfigError(PGCraftError):
    """A project file, a setting or a command line is wrong."""


class PGCraftValidationError(PGCraftError):
    """A declaration in the user's models is wrong."""

    exit_code = 3


class PGCraftColumnError(PGCraftValidationError, ValueError):
    """A declaration names a column that its table does not have."""


class PGCraftPluginError(PGCraftValidationError):
    """A plugin or an extension is wrong, or failed; the text names it."""


class PGCraftContextError(PGCraftPluginError, KeyError):
    """A context key was read before its writer ran, or was set twice."""

    __str__ = PGCraftError.__str__  # KeyError's would show the repr of the arguments


class PGCraftLoadError(PGCraftError):
    """The user's models could not be imported."""

    exit_code = 3


class PGCraftPlanError(PGCraftError):
    """Something could not be rendered, compared or planned."""

    exit_code = 1


class PGCraftDatabaseError(PGCraftError):
    """A server or a database refused or failed."""

    exit_code = 4


_CLASSES: dict[str, type[PGCraftError]] = {
    cls.__name__: cls
    for cls in (
        PGCraftError,
        PGCraftConfigError,
        PGCraftValidationError,
        PGCraftColumnError,
        PGCraftPluginError,
        PGCraftContextError,
        PGCraftLoadError,
        PGCraftPlanError,
        PGCraftDatabaseError,
    )
}


def from_dict(fields: ErrorFields) -> PGCraftError:
    """Build the error again that :meth:`PGCraftError.to_dict` took apart."""
    place = fields["place"]
    return _CLASSES[fields["type"]](
        fields["code"],
        fields["what"],
        place=Place(str(place["file"]), int(place["line"]), str(place["subject"])) if place else None,
        remedy=fields["remedy"],
        detail=fields["detail"],
    )


@contextmanager
def placed(place: Place) -> Iterator[None]:
    """Return an error that comes from inside and knows no place this one."""
    try:
        yield
    except PGCraftError as error:
        error.place = error.place or place
        raise


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that the reader most likely meant, or None."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return near[0] if near else None
