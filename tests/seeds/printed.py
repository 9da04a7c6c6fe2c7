"""The examples of the two seed documents, as printed."""

from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = HERE / "examples"
DOCUMENTS = HERE / "documents"


def example_path(name: str) -> Path:
    """Return the file of one example, as ``cookbook/products.py``."""
    return EXAMPLES / name


def read_example(name: str) -> str:
    """Return the text of one example, as ``cookbook/products.py``."""
    return example_path(name).read_text(encoding="utf-8")


def read_completion(name: str) -> str:
    """Return what a test puts where a document says that something is left out."""
    return (HERE / "completions" / f"{name}.py").read_text(encoding="utf-8")


def read_document(name: str) -> str:
    """Return one seed document, as it was handed over."""
    return (DOCUMENTS / f"{name}.txt").read_text(encoding="utf-8")


def list_examples(document: str) -> tuple[str, ...]:
    """Return the names of the examples of one document, sorted."""
    return tuple(sorted(f"{document}/{path.name}" for path in (EXAMPLES / document).iterdir() if path.is_file()))
