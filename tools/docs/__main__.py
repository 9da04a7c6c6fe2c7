"""Writes the pages of commands and keys, the tables of plugins and factories, then the pictures and the session."""

import asyncio
import sys

from tools.docs import cli, factories, keys, plugins
from tools.docs.pictures import write_pictures
from tools.docs.session import write_session


def main() -> int:
    """Write everything that is generated."""
    cli.PAGE.write_text(cli.render_page(), encoding="utf-8")
    keys.PAGE.write_text(keys.render_page(keys.PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    plugins.PAGE.write_text(plugins.render_page(plugins.PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    factories.write_page()
    asyncio.run(write_pictures())
    asyncio.run(write_session())
    return 0


if __name__ == "__main__":
    sys.exit(main())
