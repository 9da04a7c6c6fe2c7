"""Our operations in Alembic's stream: what is done to one object, as SQL, both ways."""

from dataclasses import replace

from alembic.operations.ops import MigrateOperation

from pgcraft.diff.actions import Action
from pgcraft.render.keeping import Remade
from pgcraft.render.kept_settings import Replaced


class CatalogOp(MigrateOperation):
    """One action on one object."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def reverse(self) -> "CatalogOp":
        """Return the operation that undoes this one."""
        action = self.action
        return CatalogOp(
            replace(
                action,
                verb=action.verb.reverse,
                up=action.down,
                down=action.up,
                anew=action.anew_by_down,
                anew_by_down=action.anew,
                hazards=(),
            )
        )

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints: ``("pgcraft create", "view api.products")``."""
        return (f"pgcraft {self.action.verb}", str(self.action.id))


class NotifyOp(MigrateOperation):
    """Tells PostgREST that a schema it exposes changed."""

    def reverse(self) -> "NotifyOp":
        """Return the same again: going back is a change, too."""
        return NotifyOp()

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints."""
        return ("pgcraft notify", "pgrst")


class ServerNeedOp(MigrateOperation):
    """Refuses a server that is too old for what follows, before anything of it runs.

    Args:
        version: the oldest major version that will do.
        who: what asks for it: ``UUIDV7PKPlugin in PGCraftSimple("orders")``.
    """

    def __init__(self, version: int, who: str, *, is_downgrade: bool = False) -> None:
        self.version = version
        self.who = who
        self.is_downgrade = is_downgrade

    def reverse(self) -> "ServerNeedOp":
        """Return what undoes it: nothing."""
        return ServerNeedOp(self.version, self.who, is_downgrade=not self.is_downgrade)

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints."""
        return ("pgcraft need", f"PostgreSQL {self.version}")


class LossNoteOp(MigrateOperation):
    """Says above an operation what it loses; it runs nothing."""

    def __init__(self, message: str) -> None:
        self.message = message

    def reverse(self) -> "LossNoteOp":
        """Return the same; notes are taken out before a revision is turned round."""
        return self

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints."""
        return ("pgcraft note", self.message)


class KeepOp(MigrateOperation):
    """Keeps what stands on objects that are recreated; see ``render.keeping``.

    Args:
        remade: what the operations drop.
        our_roles: the declared roles.
    """

    def __init__(self, remade: tuple[Remade, ...], our_roles: tuple[str, ...]) -> None:
        self.remade = remade
        self.our_roles = our_roles

    def reverse(self) -> "PutBackOp":
        """Return what stands at this place on the way back, until the frame is made again."""
        return PutBackOp()

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints."""
        return ("pgcraft keep", ", ".join(str(each.id) for each in self.remade))


class PutBackOp(MigrateOperation):
    """Puts back what was kept."""

    def reverse(self) -> KeepOp:
        """Return what stands at this place on the way back, until the frame is made again."""
        return KeepOp((), ())

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints."""
        return ("pgcraft put back", "")


class KeepSettingsOp(MigrateOperation):
    """Keeps what others set on objects that are replaced where they stand; see ``render.kept_settings``."""

    def __init__(self, replaced: tuple[Replaced, ...]) -> None:
        self.replaced = replaced

    def reverse(self) -> "PutSettingsBackOp":
        """Return what stands at this place on the way back, until the frame is made again."""
        return PutSettingsBackOp()

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints."""
        return ("pgcraft keep settings", ", ".join(str(each) for each, _ in self.replaced))


class PutSettingsBackOp(MigrateOperation):
    """Sets again what was kept."""

    def reverse(self) -> KeepSettingsOp:
        """Return what stands at this place on the way back, until the frame is made again."""
        return KeepSettingsOp(())

    def to_diff_tuple(self) -> tuple[str, str]:
        """Return what ``alembic check`` prints."""
        return ("pgcraft put settings back", "")


FRAME = (NotifyOp, ServerNeedOp, LossNoteOp, KeepOp, PutBackOp, KeepSettingsOp, PutSettingsBackOp)
"""What stands around the operations of a revision, and is none of them."""
