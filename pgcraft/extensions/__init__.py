"""The extensions that pgcraft brings."""
