"""What is of no use without an extension, and the check that a config uses it."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import MetaData

from pgcraft.config import PGCraftConfig, default_config
from pgcraft.errors import PGCraftValidationError, Place
from pgcraft.models.declarations import get_declarations


@dataclass(frozen=True)
class ExtensionNeed:
    """A declaration that needs an extension.

    Attributes:
        extension: its name.
        place: of the declaration.
        remedy: how the extension is taken into use.
    """

    extension: str
    place: Place
    remedy: str

    def check(self, configs: Iterable[PGCraftConfig]) -> None:
        """Raise PGC134 unless one of the configs uses the extension."""
        if not any(config.find_extension(self.extension) for config in configs):
            raise PGCraftValidationError(
                "PGC134",
                f"{self.place.subject or 'it'} belongs to the extension {self.extension}, which no config uses",
                place=self.place,
                remedy=self.remedy,
            )


def add_extension_need(metadata: MetaData, need: ExtensionNeed) -> None:
    """Note a need, checked now where a config of the user's is known, else when the metadata is configured.

    Raises:
        PGCraftValidationError: PGC134, no config that is known uses the extension.
    """
    declarations = get_declarations(metadata)
    if any(config is not default_config() for config in declarations.configs):
        need.check(declarations.configs)
    declarations.extension_needs.add(need, need)


def check_extension_needs(metadata: MetaData, configs: Iterable[PGCraftConfig]) -> None:
    """Check every need that was noted.

    Raises:
        PGCraftValidationError: PGC134, none of the configs uses an extension that is needed.
    """
    known = tuple(configs)
    for declared in get_declarations(metadata).extension_needs.all():
        declared.definition.check(known)
