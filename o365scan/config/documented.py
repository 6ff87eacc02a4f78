"""What the docstrings of a dataclass's fields say: the schema and the commented file show them."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise


@cache
def fields_of(kind: type) -> dict[str, str]:
    """By field the text below it, of inherited fields too; none where Python has no source to look into."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(each)))
        except (OSError, TypeError):  # built in, or without its source
            continue
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for field, below in pairwise(body):
            text = ast.get_docstring(ast.Module([below], []))
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and text:
                found[field.target.id] = text
    return found


def of_class(kind: type) -> str:
    """The docstring that the class has itself; a dataclass without one gets its signature, which nobody wants."""
    text = inspect.getdoc(kind) or ""
    return "" if text.startswith(f"{kind.__name__}(") else text
