"""LLVM's language, written instruction by instruction: functions, blocks and loops.

Values are the names that LLVM's text gives them. What is pure is written once: the same instruction on the same values,
in the same loop or one around it, is the same name.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

__all__ = ["Name", "Writer", "double"]

#: The name of a value in LLVM's text, or the text of a constant.
Name = str


class Writer:
    """A module under construction; one function at a time."""

    def __init__(self) -> None:
        self._declared: dict[str, str] = {}
        self._globals: dict[str, str] = {}
        self._functions: list[str] = []
        self._lines: list[str] = []
        self._entry: list[str] = []
        self._scopes: list[dict[str, Name]] = [{}]
        self._count = 0
        self._label = ""

    def text(self) -> str:
        """The whole module."""
        return "\n".join([*self._globals.values(), *self._functions, *self._declared.values(), ""])

    @contextmanager
    def function(self, name: str, arguments: Sequence[str], result: str = "void") -> Iterator[None]:
        """Write a function; `arguments` are like ``"ptr noalias %x"``. A result is returned with :meth:`leave`."""
        self._lines, self._entry, self._scopes, self._count, self._label = [], [], [{}], 0, "%entry"
        yield
        if result == "void":
            self.do("ret void")
        # What is allocated once for the whole function stands before everything else.
        body = ["entry:", *self._entry, *self._lines]
        head = f"define {result} @{name}({', '.join(arguments)}) nounwind {{"
        self._functions.append("\n".join([head, *body, "}", ""]))

    def leave(self, kind: str, value: Name) -> None:
        """Return a value."""
        self.do(f"ret {kind} {value}")

    def pure(self, instruction: str) -> Name:
        """The result of an instruction that only depends on its operands."""
        for scope in self._scopes:
            if instruction in scope:
                return scope[instruction]
        name = self._scopes[-1][instruction] = self.result(instruction)
        return name

    def result(self, instruction: str) -> Name:
        """The result of an instruction that is written each time, such as a load."""
        self._count += 1
        name = f"%v{self._count}"
        self._lines.append(f"  {name} = {instruction}")
        return name

    def do(self, instruction: str) -> None:
        """Write an instruction without a result."""
        self._lines.append(f"  {instruction}")

    def allocate(self, kind: str, align: int = 8) -> Name:
        """Room for a value of this type in the function's frame."""
        self._count += 1
        name = f"%v{self._count}"
        self._entry.append(f"  {name} = alloca {kind}, align {align}")
        return name

    def call(self, result: str, function: str, arguments: Sequence[tuple[str, Name]]) -> Name:
        """The result of a pure function, declared on its first use."""
        kinds = ", ".join(kind for kind, _ in arguments)
        self._declared.setdefault(function, f"declare {result} @{function}({kinds}) nounwind memory(none)")
        given = ", ".join(f"{kind} {name}" for kind, name in arguments)
        return self.pure(f"call {result} @{function}({given})")

    def table(self, numbers: Sequence[int]) -> Name:
        """The address of a constant array of i32; equal ones are one."""
        text = ", ".join(f"i32 {number}" for number in numbers)
        if text not in self._globals:
            self._globals[text] = f"@t{len(self._globals)} = private constant [{len(numbers)} x i32] [{text}]"
        return self._globals[text].split()[0]

    # Blocks and loops -------------------------------------------------------------------------------------------------

    def label(self) -> str:
        """A new label."""
        self._count += 1
        return f"%b{self._count}"

    def begin(self, label: str) -> None:
        """Begin a basic block."""
        self._lines.append(f"{label[1:]}:")
        self._label = label

    @property
    def here(self) -> str:
        """The label of the basic block that is being written."""
        return self._label

    @contextmanager
    def scope(self) -> Iterator[None]:
        """What is computed here is not known behind it."""
        self._scopes.append({})
        yield
        self._scopes.pop()

    @contextmanager
    def loop(self, start: Name | int, stop: Name | int, step: int = 1) -> Iterator[Name]:
        """Repeat while a counter (i64), which is yielded, is below `stop`. One turn that is known gets no loop."""
        if isinstance(start, int) and isinstance(stop, int) and stop - start <= step:
            if start < stop:
                with self.scope():
                    yield str(start)
                return
            raise ValueError(f"a loop over nothing, from {start} to {stop}")
        with self.counted(start, stop, step, []) as (counter, _, _):
            yield counter

    @contextmanager
    def counted(
        self, start: Name | int, stop: Name | int, step: int, carried: Sequence[tuple[str, Name]]
    ) -> Iterator[tuple[Name, list[Name], list[Name]]]:
        """A loop that carries values from turn to turn.

        Yields:
            The counter, the carried values in this turn, and a list to be filled with those of the next; after the
            loop, that list holds the values at its end.
        """
        before, head, body, behind = self._label, self.label(), self.label(), self.label()
        self._count += 2 + len(carried)
        counter, following = f"%v{self._count}", f"%v{self._count - 1}"
        own = [f"%v{self._count - 2 - i}" for i in range(len(carried))]
        self.do(f"br label {head}")
        self.begin(head)
        place = len(self._lines)
        self._count += 1
        going = f"%v{self._count}"
        self.do(f"{going} = icmp slt i64 {counter}, {stop}")
        self.do(f"br i1 {going}, label {body}, label {behind}")
        self.begin(body)
        following_values: list[Name] = []
        with self.scope():
            yield counter, own, following_values
        self.do(f"{following} = add nsw i64 {counter}, {step}")
        last = self._label
        self.do(f"br label {head}")
        phis = [f"  {counter} = phi i64 [ {start}, {before} ], [ {following}, {last} ]"]
        for name, (kind, first), after in zip(own, carried, following_values, strict=True):
            phis.append(f"  {name} = phi {kind} [ {first}, {before} ], [ {after}, {last} ]")
        self._lines[place:place] = phis
        following_values[:] = own
        self.begin(behind)

    # Whole numbers and addresses --------------------------------------------------------------------------------------

    def plus(self, *terms: Name | int) -> Name:
        """The sum of whole numbers."""
        known = sum(int(term) for term in terms if _known(term))
        total = ""
        for term in terms:
            if not _known(term):
                total = self.pure(f"add nsw i64 {total}, {term}") if total else str(term)
        if not total:
            return str(known)
        return self.pure(f"add nsw i64 {total}, {known}") if known else total

    def times(self, a: Name | int, factor: Name | int) -> Name:
        """The product of whole numbers."""
        if _known(a) and _known(factor):
            return str(int(a) * int(factor))
        if _known(a):
            a, factor = factor, a
        if str(factor) in ("0", "1"):
            return "0" if str(factor) == "0" else str(a)
        return self.pure(f"mul nsw i64 {a}, {factor}")

    def at(self, pointer: Name, index: Name | int) -> Name:
        """The address of the double at an index."""
        if str(index) == "0":
            return pointer
        return self.pure(f"getelementptr inbounds double, ptr {pointer}, i64 {index}")


def _known(term: Name | int) -> bool:
    return isinstance(term, int) or term.lstrip("-").isdigit()


def double(number: float) -> str:
    """A double as LLVM writes it: its bits."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', number))[0]:016X}"
