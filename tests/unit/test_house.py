"""The house's own rules, which no linter knows: sizes, circles, and that an action's word stands in one place."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

from bot.actions.registry import ANSWERS
from pipeline.actions.registry import ACTIONS, BY_WORD, Actionable

ROOT = Path(__file__).parent.parent.parent
FILES = [path for room in ("bot", "handlers", "pipeline") for path in sorted((ROOT / room).rglob("*.py"))]
LONGEST_FILE = 300
LONGEST_FUNCTION = 40


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of ours, parsed."""
    return {module_of(path): ast.parse(path.read_text("utf-8")) for path in FILES}


def imports(module: str) -> set[str]:
    """Our own modules that a module imports, wherever in it; a name is resolved to its module."""
    found = set()
    for node in ast.walk(trees()[module]):
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{one.name}" for one in node.names} & trees().keys()
            found |= inner or ({node.module} & trees().keys())
    return found - {module}


def test_no_module_imports_itself_by_way_of_others() -> None:
    left = {module: imports(module) for module in trees()}

    while free := {module for module, wanted in left.items() if not wanted & left.keys()}:
        left = {module: wanted for module, wanted in left.items() if module not in free}

    assert left == {}


def test_files_and_functions_are_short() -> None:
    long_files = [path.name for path in FILES if path.read_text("utf-8").count("\n") > LONGEST_FILE]
    long_functions = [
        f"{module}.{node.name}"
        for module, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert (long_files, long_functions) == ([], [])


def test_the_registry_holds_every_request_type_once() -> None:
    requests = set(get_args(Actionable))
    words = {word for request in requests for word in get_args(request.model_fields["action"].annotation)}

    assert {one.request for one in ACTIONS} == requests
    assert {one.word for one in ACTIONS} == words
    assert len(BY_WORD) == len(ACTIONS)


def test_every_action_is_answered() -> None:
    assert {one.word for one in ACTIONS} == ANSWERS.keys()
    assert all(one.job for one in ACTIONS if one.pays)


def tables(module: str) -> Iterator[set[object]]:
    """The words of each literal table of a module: its keys or members, strings alone."""
    for node in ast.walk(trees()[module]):
        parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
        yield {part.value for part in parts if isinstance(part, ast.Constant)}


def test_no_table_of_actions_stands_elsewhere() -> None:
    """Two actions may have a rule of the grammar in common; three are a table that the registry should make."""
    asked = {one.word for one in ACTIONS}
    rooms = ("pipeline.actions", "bot.actions.registry", "bot.sandbox", "bot.cli")

    found = {
        module: both
        for module in trees()
        if not module.startswith(rooms)
        for words in tables(module)
        if len(both := words & asked) >= 3
    }

    assert found == {}
