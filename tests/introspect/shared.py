"""What is read of publications, default privileges and statistics objects of such a database."""

from pgcraft.catalog.default_privileges import DefaultPrivileges
from pgcraft.catalog.definitions import Definition
from pgcraft.catalog.publications import Publication, Published
from pgcraft.catalog.statistics import Statistics

SHARED: dict[str, Definition] = {
    'publication "Ne ws"': Publication(via_root=True, comment="sent"),
    "publication er_of_schemas": Publication(schemas=("app",), publish=("delete", "update")),
    'published "Ne ws" on app.parent': Published(("code", "id"), "id > 3"),
    'published "Ne ws" on app.whole': Published(),
    r'defaults app."tables to Er \"R\" x"': DefaultPrivileges("tables", 'Er "R" x', privileges=("insert", "select")),
    'defaults app."tables to PUBLIC"': DefaultPrivileges("tables", "PUBLIC", privileges=("insert", "select")),
    'defaults "schemas to er_other of er_keeper"': DefaultPrivileges(
        "schemas", "er_other", "er_keeper", ("usage",), ("usage",)
    ),
    'defaults "functions to PUBLIC of er_keeper"': DefaultPrivileges("functions", "PUBLIC", "er_keeper"),
    "statistics St on app.Order": Statistics(("name", "parent"), ("lower(own)",), ("mcv", "ndistinct"), 9, "together"),
    "statistics one on app.m": Statistics((), ("code || 'x'::text",), ()),
}
