"""What has got another name: as the command line says it, or as the one at the terminal does."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from shlex import quote

from pgcraft.catalog.objects import ObjectId
from pgcraft.cli import diagnostics
from pgcraft.errors import PGCraftConfigError, find_nearest
from pgcraft.service.leaving_out import format_rename, list_names
from pgcraft.service.types import DiffAnswer, LikelyRename, RevisionDraft

Draft = Callable[[tuple[LikelyRename, ...]], RevisionDraft]


def find_renames(answer: DiffAnswer, texts: Iterable[str]) -> tuple[LikelyRename, ...]:
    """Return what ``--rename OLD=NEW`` means.

    Raises:
        PGCraftConfigError: PGC005, nothing of the old name goes, or nothing of the new one comes.
    """
    return tuple(_find(answer, text) for text in texts)


def draft_asking(draft: Draft, renames: tuple[LikelyRename, ...]) -> RevisionDraft:
    """Return a draft, made again with what the one at the terminal says of likely renames; each is asked about once.

    Args:
        draft: makes one with renames.
        renames: those of the command line.
    """
    asked: set[LikelyRename] = set()
    while True:
        made = draft(renames)
        likely = [each for each in made.likely if each not in asked]
        asked.update(likely)
        told = tuple(each for each in likely if diagnostics.confirm(each.question))
        if not told:
            return made
        renames += told
        for each in told:
            diagnostics.write(f"  in the models this is said by {each.declaration}")


def may_ask() -> bool:
    """Whether somebody sits at the terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")


def describe_likely(likely: Iterable[LikelyRename]) -> tuple[str, ...]:
    """Return one line for each likely rename, with the option that makes it one."""
    return tuple(f"{each.question} then --rename {quote(format_rename(each.old, each.new))}" for each in likely)


def _find(answer: DiffAnswer, text: str) -> LikelyRename:
    name, _, new_name = text.rpartition("=")
    known = dict.fromkeys((*_list_targets(answer, "drop"), *(each.old for each in answer.likely)))
    found = [old for old in known if name in list_names(old)]
    if len(found) != 1:
        near = find_nearest(name, (list_names(old)[0] for old in known))
        listed = " or ".join(list_names(old)[0] for old in found)
        raise PGCraftConfigError(
            "PGC005",
            f'--rename "{text}": ' + (f"it may mean {listed}" if found else f'nothing of the name "{name}" goes'),
            remedy="name one" if found else f'did you mean "{near}"?' if near else "write --rename OLD=NEW",
        )
    new = found[0]._replace(name=new_name)
    coming = (*_list_targets(answer, "create"), *(each.new for each in answer.likely))
    if new not in coming:
        moved = [each for each in coming if each.kind is new.kind and new_name in list_names(each)]
        new = moved[0] if moved else new
    if new not in coming:
        raise PGCraftConfigError("PGC005", f'--rename "{text}": no {new} comes', remedy="write --rename OLD=NEW")
    return LikelyRename(found[0], new)


def _list_targets(answer: DiffAnswer, verb: str) -> Iterator[ObjectId]:
    return (item.target for item in answer.operations if item.verb == verb)
