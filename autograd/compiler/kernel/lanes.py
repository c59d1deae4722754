"""Arithmetic on a few doubles at once, as instructions of LLVM's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autograd.compiler.kernel.writer import Name, Writer, double

__all__ = ["Lanes"]


def _mask(lanes: Sequence[int]) -> str:
    return ", ".join(f"i32 {lane}" for lane in lanes)


class Lanes:
    """Arithmetic on `width` doubles at once.

    Args:
        writer: where instructions go.
        width: how many numbers; 1 for plain doubles.
    """

    def __init__(self, writer: Writer, width: int) -> None:
        self.writer, self.width = writer, width
        self.kind = "double" if width == 1 else f"<{width} x double>"
        self.whole = "i64" if width == 1 else f"<{width} x i64>"
        self._suffix = "f64" if width == 1 else f"v{width}f64"

    def number(self, value: float) -> Name:
        """A constant in every lane."""
        return double(value) if self.width == 1 else f"splat (double {double(value)})"

    def integer(self, value: int) -> Name:
        """A whole number in every lane."""
        return str(value) if self.width == 1 else f"splat (i64 {value})"

    def load(self, address: Name, align: int = 8) -> Name:
        """The numbers that stand from an address on."""
        return self.writer.result(f"load {self.kind}, ptr {address}, align {align}")

    def spread(self, address: Name) -> Name:
        """The one number at an address, in every lane."""
        return self.of(self.writer.result(f"load double, ptr {address}, align 8"))

    def of(self, value: Name) -> Name:
        """One double in every lane."""
        if self.width == 1:
            return value
        write = self.writer.pure
        one = write(f"insertelement {self.kind} poison, double {value}, i32 0")
        return write(f"shufflevector {self.kind} {one}, {self.kind} poison, <{self.width} x i32> zeroinitializer")

    def store(self, value: Name, address: Name, align: int = 8) -> None:
        """Put numbers where they stand from an address on."""
        self.writer.do(f"store {self.kind} {value}, ptr {address}, align {align}")

    def binary(self, operation: str, a: Name, b: Name) -> Name:
        """fadd, fsub, fmul or fdiv."""
        return self.writer.pure(f"{operation} {self.kind} {a}, {b}")

    def add(self, a: Name, b: Name) -> Name:
        """Return a + b."""
        return self.binary("fadd", a, b)

    def sub(self, a: Name, b: Name) -> Name:
        """Return a - b."""
        return self.binary("fsub", a, b)

    def mul(self, a: Name, b: Name) -> Name:
        """Return a * b."""
        return self.binary("fmul", a, b)

    def div(self, a: Name, b: Name) -> Name:
        """Return a / b."""
        return self.binary("fdiv", a, b)

    def neg(self, a: Name) -> Name:
        """Return -a."""
        return self.writer.pure(f"fneg {self.kind} {a}")

    def fma(self, a: Name, b: Name, c: Name) -> Name:
        """Return a * b + c, rounded once."""
        return self.intrinsic("fma", a, b, c)

    def compare(self, relation: str, a: Name, b: Name) -> Name:
        """A comparison of LLVM's: ordered ``olt``, or true for nan as well, ``ult``."""
        return self.writer.pure(f"fcmp {relation} {self.kind} {a}, {b}")

    def select(self, condition: Name, a: Name, b: Name) -> Name:
        """Return a where the condition holds, else b."""
        if a == b:
            return a
        return self.writer.pure(f"select {self._truth} {condition}, {self.kind} {a}, {self.kind} {b}")

    @property
    def _truth(self) -> str:
        return "i1" if self.width == 1 else f"<{self.width} x i1>"

    def either(self, a: Name, b: Name) -> Name:
        """Where one of two conditions holds."""
        return self.writer.pure(f"or {self._truth} {a}, {b}")

    def negated(self, condition: Name) -> Name:
        """Where a condition does not hold."""
        ones = "true" if self.width == 1 else "splat (i1 true)"
        return self.writer.pure(f"xor {self._truth} {condition}, {ones}")

    def intrinsic(self, name: str, *arguments: Name) -> Name:
        """One of LLVM's own functions: ``fabs``, ``copysign``, ``sqrt``, ``floor``, ``rint``..."""
        given = [(self.kind, argument) for argument in arguments]
        return self.writer.call(self.kind, f"llvm.{name}.{self._suffix}", given)

    def library(self, name: str, *arguments: Name) -> Name:
        """A function of the C library, lane by lane."""
        write = self.writer
        if self.width == 1:
            return write.call("double", name, [("double", argument) for argument in arguments])
        result = "poison"
        for lane in range(self.width):
            own = [write.pure(f"extractelement {self.kind} {argument}, i32 {lane}") for argument in arguments]
            one = write.call("double", name, [("double", argument) for argument in own])
            result = write.pure(f"insertelement {self.kind} {result}, double {one}, i32 {lane}")
        return result

    def bits(self, a: Name) -> Name:
        """The bits of doubles as whole numbers."""
        return self.writer.pure(f"bitcast {self.kind} {a} to {self.whole}")

    def from_bits(self, a: Name) -> Name:
        """Doubles from their bits."""
        return self.writer.pure(f"bitcast {self.whole} {a} to {self.kind}")

    def whole_binary(self, operation: str, a: Name, b: Name) -> Name:
        """``add``, ``sub``, ``shl``, ``lshr``, ``and``, ``xor`` on whole numbers."""
        return self.writer.pure(f"{operation} {self.whole} {a}, {b}")

    def whole_compare(self, relation: str, a: Name, b: Name) -> Name:
        """A comparison of whole numbers: ``eq``, ``ne``."""
        return self.writer.pure(f"icmp {relation} {self.whole} {a}, {b}")

    def select_whole(self, condition: Name, a: Name, b: Name) -> Name:
        """The whole number a where the condition holds, else b."""
        return self.writer.pure(f"select {self._truth} {condition}, {self.whole} {a}, {self.whole} {b}")

    def otherwise(self, rare: Name, usual: Name, instead: Callable[[], Name]) -> Name:
        """Return `usual`, but where the condition (an i1) holds, which is rare, what `instead` writes."""
        writer, before = self.writer, self.writer.here
        aside, behind = writer.label(), writer.label()
        writer.do(f"br i1 {rare}, label {aside}, label {behind}")
        writer.begin(aside)
        with writer.scope():
            other = instead()
        last = writer.here
        writer.do(f"br label {behind}")
        writer.begin(behind)
        return writer.result(f"phi {self.kind} [ {usual}, {before} ], [ {other}, {last} ]")

    def below(self, first: Name, count: Name) -> Name:
        """In which lanes `first`, `first` + 1... (i64) is below a count."""
        write, width = self.writer.pure, self.width
        numbers = []
        for number in (first, count):
            one = write(f"insertelement {self.whole} poison, i64 {number}, i32 0")
            mask = f"<{width} x i32> zeroinitializer"
            numbers.append(write(f"shufflevector {self.whole} {one}, {self.whole} poison, {mask}"))
        steps = "<" + ", ".join(f"i64 {lane}" for lane in range(width)) + ">"
        return write(f"icmp slt {self.whole} {write(f'add {self.whole} {numbers[0]}, {steps}')}, {numbers[1]}")

    def total(self, a: Name) -> Name:
        """The sum of all lanes, pairwise."""
        write, width, kind = self.writer, self.width, self.kind
        while width > 1:
            half = width // 2
            parts = []
            for start in (0, half):
                mask = ", ".join(f"i32 {start + i}" for i in range(half))
                parts.append(write.pure(f"shufflevector {kind} {a}, {kind} poison, <{half} x i32> <{mask}>"))
            kind = f"<{half} x double>"
            a = write.pure(f"fadd {kind} {parts[0]}, {parts[1]}")
            width = half
        return a if self.width == 1 else write.pure(f"extractelement <1 x double> {a}, i32 0")

    def totals(self, values: Sequence[Name]) -> Name:
        """The sums over all lanes of as many values as there are lanes, one a lane: by halving both."""
        write, width = self.writer.pure, self.width
        values, distance = list(values), 1
        while len(values) > 1:
            # Lane i of the result holds what it sums of one value, lane i + distance what it sums of the other.
            low = [i if not i & distance else width + i - distance for i in range(width)]
            high = [i + distance if not i & distance else width + i for i in range(width)]
            pairs = list(zip(values[::2], values[1::2], strict=True))
            values = []
            for a, b in pairs:
                parts = [
                    write(f"shufflevector {self.kind} {a}, {self.kind} {b}, <{width} x i32> <{_mask(lanes)}>")
                    for lanes in (low, high)
                ]
                values.append(self.add(*parts))
            distance *= 2
        return values[0]

    def transposed(self, values: Sequence[Name]) -> list[Name]:
        """The columns of as many values as there are lanes."""
        write, width, distance = self.writer.pure, self.width, self.width // 2
        values = list(values)
        while distance:
            low = [i if not i & distance else width + i - distance for i in range(width)]
            high = [i + distance if not i & distance else width + i for i in range(width)]
            for i in range(width):
                if not i & distance:
                    pair = f"{self.kind} {values[i]}, {self.kind} {values[i + distance]}"
                    own = [write(f"shufflevector {pair}, <{width} x i32> <{_mask(part)}>") for part in (low, high)]
                    values[i], values[i + distance] = own
            distance //= 2
        return values

    def any(self, condition: Name) -> Name:
        """Whether a condition holds in some lane."""
        if self.width == 1:
            return condition
        name = f"llvm.vector.reduce.or.v{self.width}i1"
        return self.writer.call("i1", name, [(self._truth, condition)])
