"""The messages between this process and its child: one line of JSON each, with a version; standard library only."""

import json
from dataclasses import dataclass
from typing import TypeVar, cast

from pgcraft import garbage
from pgcraft.errors import ErrorFields, PGCraftError, PGCraftLoadError, from_dict
from pgcraft.scrub import scrub
from pgcraft.service.codec import decode, encode
from pgcraft.service.types import Progress

VERSION = 1

T = TypeVar("T")


@dataclass(frozen=True)
class Ready:
    """The child has imported its libraries and waits for a request."""


@dataclass(frozen=True)
class Answered:
    """The request's answer; :func:`read_body` builds it as the type that was asked for."""

    body: dict[str, object]


@dataclass(frozen=True)
class Asked:
    """A request by its name, as ``Load``."""

    name: str
    body: dict[str, object]


Message = Ready | Progress | Answered | PGCraftError


def write_request(request: object) -> bytes:
    """Return the line that asks the child for something; its name is the request's class."""
    return _write("request", {"name": type(request).__name__, **encode(request)})


def read_request(line: bytes) -> Asked:
    """Take a request line apart.

    Raises:
        PGCraftLoadError: PGC304, another version's line.
    """
    kind, body = _read(line)
    if kind != "request":
        raise _unreadable(f'a message of kind "{kind}" where a request was due')
    return Asked(str(body["name"]), body)


def write_message(message: Ready | Progress | PGCraftError) -> bytes:
    """Return the line for anything but an answer; whatever an error quotes, no password leaves the child in it."""
    match message:
        case Ready():
            return _write("ready", {})
        case Progress():
            return _write("progress", encode(message))
        case PGCraftError():
            fields = message.to_dict()
            told = {key: scrub(text) for key, text in fields.items() if isinstance(text, str)}
            return _write("error", {**fields, **told})


def write_answer(answer: object) -> bytes:
    """Return the line that answers the request."""
    return _write("answer", encode(answer))


def read_message(line: bytes) -> Message:
    """Take a line of the child apart.

    Raises:
        PGCraftLoadError: PGC304, another version's line, or none of ours.
    """
    kind, body = _read(line)
    match kind:
        case "ready":
            return Ready()
        case "progress":
            return decode(Progress, body)
        case "answer":
            return Answered(body)
        case "error":
            return from_dict(cast("ErrorFields", body))
        case _:
            raise _unreadable(f'a message of the unknown kind "{kind}"')


def read_body(as_type: type[T], body: dict[str, object]) -> T:
    """Build a request or an answer from a message's body."""
    with garbage.paused():
        return decode(as_type, body)


def _write(kind: str, body: dict[str, object]) -> bytes:
    message = {"version": VERSION, "kind": kind, "body": body}
    return json.dumps(message, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def _read(line: bytes) -> tuple[str, dict[str, object]]:
    try:
        with garbage.paused():
            message = json.loads(line)
        version, kind, body = message["version"], message["kind"], message["body"]
    except (ValueError, TypeError, KeyError) as error:
        raise _unreadable(f"{line[:80]!r}") from error
    if version != VERSION:
        raise _unreadable(f"a message of version {version}, where version {VERSION} is spoken")
    return str(kind), body


def _unreadable(what: str) -> PGCraftLoadError:
    return PGCraftLoadError(
        "PGC304",
        f"the child process and this one do not understand each other: got {what}",
        remedy="is one pgcraft installed over another? Install it anew, then start again",
    )
