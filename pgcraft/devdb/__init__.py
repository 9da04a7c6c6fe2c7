"""The development database: where a throw-away server comes from, its databases, and what is tried on them.

Who runs what::

    parent    server, binaries, address                           standard library only: the workbench and the CLI
    guard     guard, watch, cluster, identity, directories, shared_memory     standard library only, under -I -S
    child     databases, verify (trial, probes, attempts, calls), rows (values, shapes)        psycopg
    anywhere  access, expected, candidates                        plain data
"""
