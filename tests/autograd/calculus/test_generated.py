"""What follows from the table is in step with it, names are exported, imports run one way, files stay short."""

from __future__ import annotations

import ast
import builtins
import functools
import importlib
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

import autograd
from autograd import Value, operations
from tests import ROOT
from tests.autograd.calculus.oracle import ROWS

PACKAGES = ("autograd", "nn", "viz")
GENERATED = {"autograd/operations.py"}
INFIX = {"add", "sub", "mul", "truediv", "neg"}


def fresh(code: str) -> str:
    """Run `code` in a Python of its own: here, other tests may have added rows."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


class TestGeneratedSource:
    """operations.py is what generate.py makes of the rows, and reads as if written by hand."""

    def test_it_is_in_step_with_the_table(self) -> None:
        made = fresh(
            "import sys; from autograd.calculus.generate import operations_source as source; sys.stdout.write(source())"
        )
        path = ROOT / "autograd" / "operations.py"
        assert made == path.read_text(encoding="utf-8"), "run: python -m autograd --generate"

    @pytest.mark.parametrize("name", sorted(ROWS))
    def test_every_row_is_exported(self, name: str) -> None:
        if name in INFIX:
            assert name not in autograd.__all__
        else:
            assert name in autograd.__all__
            assert getattr(autograd, name) is getattr(operations, name)

    @pytest.mark.parametrize("name", sorted(ROWS))
    def test_every_function_and_method_is_documented(self, name: str) -> None:
        """``help(Value.tanh)`` gives the formula, each derivative and the convention, from the row."""
        row = ROWS[name]
        methods = {"add": "__add__", "sub": "__sub__", "mul": "__mul__", "truediv": "__truediv__", "pow": "__pow__"}
        methods |= {"neg": "__neg__", "abs": "__abs__"}
        documented = [getattr(operations, name)] if name not in INFIX else []
        documented += [getattr(Value, methods.get(name, name))] if not row.operands[0].is_sequence else []
        assert documented
        for function in documented:
            text = inspect.getdoc(function) or ""
            assert row.summary in text
            assert row.forward in text
            assert row.kink in text
            assert all(partial in text for partial in row.partials)
            assert "return" in function.__annotations__
        if name not in INFIX:
            parameters = inspect.signature(getattr(operations, name)).parameters
            assert list(parameters) == [operand.name for operand in row.operands]
            defaults = [operand.default for operand in row.operands]
            assert [None if p.default is p.empty else p.default for p in parameters.values()] == defaults


class TestNames:
    """``__all__`` is complete and true."""

    def test_every_name_exists(self) -> None:
        assert len(set(autograd.__all__)) == len(autograd.__all__)
        assert [name for name in autograd.__all__ if not hasattr(autograd, name)] == []

    def test_a_star_import_gives_them(self) -> None:
        scope: dict[str, object] = {}
        exec("from autograd import *", scope)  # noqa: S102 - a constant
        assert set(autograd.__all__) == scope.keys() - {"__builtins__"}

    def test_submodules_export_what_they_have(self) -> None:
        for path in sorted((ROOT / "autograd").rglob("*.py")):
            if path.name not in ("__init__.py", "__main__.py"):
                module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                assert hasattr(module, "__all__"), module
                assert [name for name in module.__all__ if not hasattr(module, name)] == [], module

    def test_what_design_names_is_there(self) -> None:
        wanted = "Value grad value_and_grad jacobian hessian jvp vjp hvp gradients gradcheck check_primitive primitive "
        wanted += "parse no_grad detect_anomaly softmax log_softmax dot sum mean logsumexp OperandError LengthError"
        assert set(wanted.split()) <= set(autograd.__all__)

    def test_python_itself_is_left_alone(self) -> None:
        """The functions called abs, pow, round and sum are ours only under our name."""
        for name in ("abs", "pow", "round", "sum"):
            assert getattr(builtins, name) is not getattr(autograd, name)
            assert getattr(builtins, name).__module__ == "builtins"


@functools.cache
def modules() -> dict[str, ast.Module]:
    """Every module of the three packages, by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(name: str, tree: ast.Module) -> Iterator[str]:
    """The modules of this project that are imported when this one is; not by its functions, nor for type checkers."""
    known = modules().keys()
    package = name if any(other.startswith(f"{name}.") for other in known) else name.rpartition(".")[0]

    def walk(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                yield child
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from walk(child)

    for node in walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        else:
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, (base, node.module)))
            below = [f"{origin}.{alias.name}" for alias in node.names]
            targets = [target if target in known else origin for target in below]
        yield from (target for target in targets if target.partition(".")[0] in PACKAGES)


class TestImportsRunOneWay:
    """autograd knows nothing of nn and viz, nn nothing of viz; only the doors, ``__main__.py``, open on any room."""

    @pytest.mark.parametrize(("package", "above"), [("autograd", {"nn", "viz"}), ("nn", {"viz"})])
    def test_between_packages(self, package: str, above: set[str]) -> None:
        """When it is imported; a method that shows a Value in Jupyter may call viz when it is called."""
        wrong = {
            (name, target)
            for name, tree in modules().items()
            if name.partition(".")[0] == package and not name.endswith("__main__")
            for target in imports(name, tree)
            if target.partition(".")[0] in above
        }
        assert not wrong

    def test_no_circles(self) -> None:
        """Each module can be imported first: what it needs comes before it, and no ring closes."""
        trees = modules()
        needs = {name: set(imports(name, tree)) - {name} for name, tree in trees.items()}
        rest = {name: {t for t in targets if t in trees} for name, targets in needs.items()}
        while ready := {name for name, targets in rest.items() if not targets & rest.keys()}:
            rest = {name: targets for name, targets in rest.items() if name not in ready}
        assert not rest, f"in a ring, or above one: {rest}"

    def test_inside_autograd(self) -> None:
        """errors -> table -> value -> graph, and everything else above; the reading path leads to nothing else."""
        trees = modules()

        def behind(name: str) -> set[str]:
            found, frontier = set[str](), {name}
            while frontier:
                found |= frontier
                frontier = {t for each in frontier for t in imports(each, trees[each])} - found
            return found - {name}

        assert behind("autograd.errors") == set()
        assert behind("autograd.calculus.floats") == set()
        assert behind("autograd.calculus.expr") == {"autograd.errors", "autograd.calculus.floats"}
        behind_rows = {
            f"autograd.calculus.{name}"
            for name in ["expr", "floats", "error_function", "arrays", "printing", "formula", "rule"]
        }
        assert behind("autograd.calculus.table") == {"autograd.errors", *behind_rows}
        path = behind("autograd.calculus.table") | behind("autograd.value") | behind("autograd.graph")
        aside = {"transforms", "expression", "primitives", "compiler", "vectors", "system"}
        assert not {name for name in path if name.split(".")[1] in aside}

    def test_importing_autograd_imports_nothing_heavy(self) -> None:
        code = "import sys, autograd; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
        loaded = set(fresh(code).split())
        assert "numpy" in loaded
        assert not loaded & {
            "nn",
            "viz",
            "matplotlib",
            "graphviz",
            "pygraphviz",
            "sklearn",
            "tqdm",
            "numba",
            "torch",
            "IPython",
        }


def source_files() -> list[str]:
    return [
        path.relative_to(ROOT).as_posix() for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))
    ]


@pytest.mark.parametrize("file", source_files())
def test_one_concept_a_file(file: str) -> None:
    """A file that passes 300 lines is asking to be two; each says at its top what it lets you do."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{file} has no docstring"
    if file not in GENERATED:
        assert len(text.splitlines()) <= 300
