"""The base of what declares objects when it is made: views of pgcraft, of its extensions, and of anyone's."""

from abc import ABC, abstractmethod
from typing import ClassVar

from sqlalchemy import MetaData

from pgcraft.catalog.origins import Layer, Origin
from pgcraft.config import PGCraftConfig, get_configs
from pgcraft.errors import Place, placed
from pgcraft.installed.disabled import disabled_extensions
from pgcraft.models.declarations import ExtensionNeed
from pgcraft.models.journal import all_or_nothing
from pgcraft.models.provenance import current_origins, find_caller, origins_resumed
from pgcraft.views.extension_needs import add_extension_need


class Declaration(ABC):
    """Something that declares objects on a MetaData, all or nothing, each stamped with whose it is.

    A subclass calls :meth:`declare_on` at the end of its ``__init__`` and registers in :meth:`declare`. One that
    belongs to an extension says so in ``extension_name``; while that is switched off, it declares nothing, and where no
    config uses it, declaring is an error.

    Attributes:
        extension_name: whose it is; None for nobody's.
        extension_remedy: how that extension is taken into use.
    """

    extension_name: ClassVar[str | None] = None
    extension_remedy: ClassVar[str] = "take the extension into use with config.use(…)"
    place: Place

    @abstractmethod
    def declare(self, metadata: MetaData) -> None:
        """Register what belongs to this object."""

    def locate(self, name: str) -> Place:
        """Set and give the place of the user's call, as ``PGCraftView("stats")`` at its line."""
        self.place = Place(*find_caller(), f'{type(self).__name__}("{name}")')
        return self.place

    def declare_on(self, metadata: MetaData, config: PGCraftConfig | None = None) -> None:
        """Run :meth:`declare` with origins in force, unless the extension is switched off.

        Args:
            metadata: where to declare.
            config: where the extension was taken into use; the configs known to the metadata are asked when left out.

        Raises:
            PGCraftValidationError: PGC134, no config uses the extension. Where none is known yet, the configuration of
                the metadata raises it.
        """
        if self.extension_name is not None and self.extension_name in disabled_extensions():
            return
        origins = [Origin(Layer.FACTORY, self.place.subject, self.place.file, self.place.line)]
        if self.extension_name is not None:
            origins.append(find_extension_origin(self.extension_name, metadata, config))
        with (
            all_or_nothing(metadata),
            origins_resumed((*current_origins(), *origins)),
            placed(self.place),
        ):
            if self.extension_name is not None:
                need = ExtensionNeed(self.extension_name, self.place, self.extension_remedy)
                add_extension_need(metadata, need)
            self.declare(metadata)


def find_extension_origin(name: str, metadata: MetaData, config: PGCraftConfig | None = None) -> Origin:
    """Return the origin of an extension's objects, with the line that took it into use where one did."""
    configs = [config] if config is not None else get_configs(metadata)
    for candidate in configs:
        extension = candidate.find_extension(name)
        if extension is not None:
            return candidate.extension_origin(extension)
    return Origin(Layer.EXTENSION, name)
