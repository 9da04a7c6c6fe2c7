"""PostgREST: API views over resources, the functions that write through them, roles and grants."""

from pgcraft.extensions.postgrest.extension import PostgRESTExtension
from pgcraft.extensions.postgrest.view import PostgRESTView

__all__ = ["PostgRESTExtension", "PostgRESTView"]
