"""What is of no use without an extension, and the check that a config uses it."""

from collections.abc import Iterable

from sqlalchemy import MetaData

from pgcraft.config import PGCraftConfig, default_config, get_configs
from pgcraft.errors import PGCraftValidationError
from pgcraft.models.declarations import ExtensionNeed, get_declarations


def add_extension_need(metadata: MetaData, need: ExtensionNeed) -> None:
    """Note a need, checked now where a config of the user's is known, else when the metadata is configured.

    Raises:
        PGCraftValidationError: PGC134, no config that is known uses the extension.
    """
    configs = get_configs(metadata)
    if any(config is not default_config() for config in configs):
        _check(need, configs)
    get_declarations(metadata).extension_needs.add(need, need)


def check_extension_needs(metadata: MetaData, configs: Iterable[PGCraftConfig]) -> None:
    """Check every need that was noted.

    Raises:
        PGCraftValidationError: PGC134, none of the configs uses an extension that is needed.
    """
    known = tuple(configs)
    for declared in get_declarations(metadata).extension_needs.all():
        _check(declared.definition, known)


def _check(need: ExtensionNeed, configs: Iterable[PGCraftConfig]) -> None:
    if not any(config.find_extension(need.extension) for config in configs):
        raise PGCraftValidationError(
            "PGC134",
            f"{need.place.subject or 'it'} belongs to the extension {need.extension}, which no config uses",
            place=need.place,
            remedy=need.remedy,
        )
