"""What of roles is in no catalog; frozen, JSON-able, standard library only."""

from dataclasses import dataclass

from pgcraft.catalog.memberships import Membership


@dataclass(frozen=True)
class RoleFacts:
    """What of roles is in no catalog.

    Attributes:
        superusers: names.
        memberships: with their options; None where the catalog's roles say all.
        bypassing: those that policies do not hold for.
        logins: those that may log in.
        replicating: those that may send and receive what replication sends.
        said: of roles that have any, what else a DBA set, each in words; never the value of a setting, which may be
            secret.
        public_is_open: whether everyone may use schema ``public``.
    """

    superusers: tuple[str, ...] = ()
    memberships: tuple[Membership, ...] | None = None
    bypassing: tuple[str, ...] = ()
    logins: tuple[str, ...] = ()
    replicating: tuple[str, ...] = ()
    said: tuple[tuple[str, tuple[str, ...]], ...] = ()
    public_is_open: bool = True
