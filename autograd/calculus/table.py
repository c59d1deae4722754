"""The calculus table: every primitive is one row, and nothing about an operation is written anywhere else.

A row names the operands, gives the result and one partial derivative per operand as formulas, the interval in which
each operand is ordinary (tests draw from it), and the convention where the derivative does not exist. All else follows
from the rows; :mod:`autograd.calculus.generate`, for one, turns them into the methods of ``Value``.

In a formula the operands go by their names, ``y`` is the result, ``given`` names what is used twice. An operand
written ``*x`` is a whole sequence: formulas go over it element by element, ``sum(x)`` and ``max(x)`` reduce it.
"""

from autograd.calculus.rule import RULES, Rule

__all__ = ["RULES", "Rule"]

_ANY = (-5.0, 5.0)
_POSITIVE = (0.1, 5.0)
#: exp(-abs(x)), without a kink at 0: all that logistic functions need, and it never overflows.
_DECAY = ("e", "exp(where(x < 0, x, -x))")
#: x with four binary places: its square is exact. Where x * x is large, rounding it would cost exp(-x * x) digits.
_H = "(x + 422212465065984 - 422212465065984)"
_GAUSSIAN = f"where(x * x < 8, exp(-x * x), where(x * x > 800, 0, exp(-{_H} * {_H}) * exp(({_H} - x) * ({_H} + x))))"
_NORMAL = (
    "where(x * x < 16, exp(-x * x / 2), where(x * x > 1600, 0, "
    f"exp(-{_H} * {_H} / 2) * exp(({_H} - x) * ({_H} + x) / 2)))"
)
#: erfc(-x / sqrt(2)) below -1, where erfc is steep: what rounding takes from z, x / sqrt(2), is computed exactly, by
#: products in two parts, and counts as much as erfc is steep.
_Z, _W = "x * 0.7071067811865476", "(x * 0.7071067811865476 + 6442450944 - 6442450944)"
_LOWER_TAIL = (
    f"erfc(-{_Z}) + sqrt(2 / pi) * g * (x - {_W} * 1.4142135381698608"
    f" - ({_Z} - {_W}) * 1.4142135381698608 - {_Z} * 2.420323420895794e-08)"
)

#: Where b - 1 is rounded, as it is for a small b, a large logarithm of a would make much of it.
_POWER = (
    "where(b == 0, where(abs(a) > 0, b / a, 0), where(b - 1 + 1 == b, b * pow(a, b - 1), "
    "where(abs(y) > 1e-280, where(abs(y) < 1e280, y / a * b, b * pow(a, b - 1)), b * pow(a, b - 1))))"
)

_ROWS = (
    # Arithmetic.
    Rule("add", "a b", "a + b", ("1", "1"), "Sum.", symbol="+"),
    Rule("sub", "a b", "a - b", ("1", "-1"), "Difference.", symbol="-"),
    Rule("mul", "a b", "a * b", ("b", "a"), "Product.", symbol="*"),
    Rule("truediv", "a b", "a / b", ("1 / b", "-y / b"), "Quotient.", domain=(_ANY, _POSITIVE), symbol="/"),
    Rule(
        "pow", "a b", "pow(a, b)",
        ("where(b == 0, where(abs(a) > 0, b / a, 0), b * pow(a, b - 1))",
         "where(a == 0, where(b < 0, -inf, where(b >= 0, 0, b)), y * log(a))"),
        "Power; a constant exponent is not differentiated.",
        domain=(_POSITIVE, (-3.0, 3.0)), symbol="**",
        kink="exponent 0: derivative 0; base 0: the exponent's derivative is 0",
        exact=(("da", _POWER),),
    ),
    Rule("neg", "x", "-x", ("-1",), "Negation.", symbol="-"),
    Rule("abs", "x", "abs(x)", ("sign(x)",), "Absolute value.", kink="abs'(0) = 0"),
    Rule("identity", "x", "x", ("1",), "The value itself: a new node with the same number."),
    # Exponentials, logarithms, roots.
    Rule("exp", "x", "exp(x)", ("y",), "Exponential."),
    Rule("expm1", "x", "expm1(x)", ("exp(x)",), "Exponential minus 1, exact near 0."),
    Rule("log", "x", "log(x)", ("1 / x",), "Natural logarithm.", domain=(_POSITIVE,)),
    Rule("log1p", "x", "log1p(x)", ("1 / (1 + x)",), "Logarithm of 1 + x, exact near 0.", domain=((-0.9, 5.0),)),
    Rule("log2", "x", "log2(x)", ("1 / (x * log(2))",), "Logarithm to base 2.", domain=(_POSITIVE,)),
    Rule("log10", "x", "log10(x)", ("1 / (x * log(10))",), "Logarithm to base 10.", domain=(_POSITIVE,)),
    Rule("sqrt", "x", "sqrt(x)", ("0.5 / y",), "Square root.", domain=(_POSITIVE,), kink="sqrt'(0) = inf"),
    Rule("cbrt", "x", "cbrt(x)", ("pow(y, -2) / 3",), "Cube root.", domain=(_POSITIVE,), kink="cbrt'(0) = inf"),
    # Trigonometric and hyperbolic functions and their inverses.
    Rule("sin", "x", "sin(x)", ("cos(x)",), "Sine of an angle in radians."),
    Rule("cos", "x", "cos(x)", ("-sin(x)",), "Cosine of an angle in radians."),
    Rule("tan", "x", "tan(x)", ("1 + y * y",), "Tangent of an angle in radians.", domain=((-1.4, 1.4),)),
    Rule("asin", "x", "asin(x)", ("1 / sqrt((1 - x) * (1 + x))",), "Inverse sine, in radians.", domain=((-0.9, 0.9),)),
    Rule("acos", "x", "acos(x)", ("-1 / sqrt((1 - x) * (1 + x))",), "Inverse cosine, in radians.",
         domain=((-0.9, 0.9),)),
    Rule("atan", "x", "atan(x)", ("1 / (1 + x * x)",), "Inverse tangent, in radians.",
         exact=(("dx", "where(x * x < 1e300, 1 / (1 + x * x), 1 / x / x)"),)),
    Rule("atan2", "a b", "atan2(a, b)", ("b / h / h", "-a / h / h"), "Angle of the point (b, a), in radians.",
         given=(("h", "hypot(a, b)"),), domain=(_ANY, _POSITIVE)),
    Rule("sinh", "x", "sinh(x)", ("cosh(x)",), "Hyperbolic sine."),
    Rule("cosh", "x", "cosh(x)", ("sinh(x)",), "Hyperbolic cosine."),
    Rule("tanh", "x", "tanh(x)", ("1 - y * y",), "Hyperbolic tangent.",
         exact=(("dx", "where(y * y < 0.75, 1 - y * y, 1 / cosh(x) / cosh(x))"),)),
    Rule("asinh", "x", "asinh(x)", ("1 / hypot(x, 1)",), "Inverse hyperbolic sine."),
    Rule("acosh", "x", "acosh(x)", ("1 / (sqrt(x - 1) * sqrt(x + 1))",), "Inverse hyperbolic cosine.",
         domain=((1.1, 5.0),)),
    Rule("atanh", "x", "atanh(x)", ("1 / ((1 - x) * (1 + x))",), "Inverse hyperbolic tangent.", domain=((-0.9, 0.9),)),
    # Activations and the functions behind them.
    Rule("sigmoid", "x", "where(x < 0, e, 1) / (1 + e)", ("y * (1 - y)",),
         "Logistic function 1 / (1 + exp(-x)), without overflow.",
         given=(_DECAY,), exact=(("dx", "e / ((1 + e) * (1 + e))"),)),
    Rule("softplus", "x", "maximum(x, 0) + log1p(e)", ("where(x < 0, e, 1) / (1 + e)",),
         "Smooth relu, log(1 + exp(x)), without overflow.", given=(_DECAY,)),
    Rule("relu", "x", "where(x <= 0, 0, x)", ("where(x > 0, 1, 0)",), "Positive part, max(x, 0).", kink="relu'(0) = 0"),
    Rule("leaky_relu", "x slope=0.01", "where(x > 0, x, slope * x)", ("where(x > 0, 1, slope)", "where(x > 0, 0, x)"),
         "Leaky relu: x where positive, slope * x elsewhere.", domain=(_ANY, (0.01, 0.9)),
         kink="leaky_relu'(0) = slope"),
    Rule("elu", "x alpha=1", "where(x > 0, x, alpha * e)", ("where(x > 0, 1, alpha * exp(x))", "where(x > 0, 0, e)"),
         "Exponential linear unit: x where positive, alpha * (exp(x) - 1) elsewhere (Clevert et al. 2015).",
         given=(("e", "expm1(minimum(x, 0))"),), domain=(_ANY, _POSITIVE), kink="elu'(0) = alpha"),
    Rule("gelu", "x", "x * c", ("c + x * exp(-x * x / 2) / sqrt(2 * pi)",),
         "Gaussian error linear unit: x times the normal distribution function (Hendrycks and Gimpel 2016), exact.",
         given=(("c", "0.5 * erfc(-x / sqrt(2))"),),
         exact=(("g", _NORMAL), ("c", f"0.5 * where(x > -1, erfc(-{_Z}), {_LOWER_TAIL})"),
                ("dx", "c + x * g / sqrt(2 * pi)"))),
    Rule("silu", "x", "x * s", ("s * (1 + x * (1 - s))",), "Sigmoid linear unit x * sigmoid(x), also called swish.",
         given=(_DECAY, ("s", "where(x < 0, e, 1) / (1 + e)")),
         exact=(("dx", "s * (1 + x * (where(x < 0, 1, e) / (1 + e)))"),)),
    Rule("erf", "x", "erf(x)", ("2 / sqrt(pi) * exp(-x * x)",), "Error function (DLMF 7.2.1).",
         exact=(("dx", f"2 / sqrt(pi) * {_GAUSSIAN}"),)),
    Rule("erfc", "x", "erfc(x)", ("-2 / sqrt(pi) * exp(-x * x)",), "Complementary error function (DLMF 7.2.2).",
         exact=(("dx", f"-2 / sqrt(pi) * {_GAUSSIAN}"),)),
    # Choices and kinks.
    Rule("maximum", "a b", "maximum(a, b)",
         ("where(a > b, 1, where(a < b, 0, 0.5))", "where(a > b, 0, where(a < b, 1, 0.5))"),
         "The larger of two.", kink="a tie gives 1/2 to each"),
    Rule("minimum", "a b", "minimum(a, b)",
         ("where(a < b, 1, where(a > b, 0, 0.5))", "where(a < b, 0, where(a > b, 1, 0.5))"),
         "The smaller of two.", kink="a tie gives 1/2 to each"),
    Rule("clamp", "x low=-inf high=inf", "minimum(maximum(x, low), high)",
         ("where(x < low, 0, where(x > high, 0, 1))", "where(x < low, where(low > high, 0, 1), 0)",
          "where(maximum(x, low) > high, 1, 0)"),
         "Limit x to [low, high].", domain=(_ANY, (-2.0, -1.0), (1.0, 2.0)), kink="on a limit, x keeps derivative 1"),
    Rule("where", "condition a b", "where(condition, a, b)", ("0", "where(condition, 1, 0)", "where(condition, 0, 1)"),
         "Choose a where the condition holds (is not 0), b elsewhere."),
    Rule("hypot", "a b", "hypot(a, b)", ("where(y == 0, 0, a / y)", "where(y == 0, 0, b / y)"),
         "Length of the vector (a, b), without overflow.", kink="at (0, 0) both derivatives are 0"),
    Rule("sign", "x", "sign(x)", ("0",), "-1, 0 or 1.", kink="derivative 0 everywhere"),
    Rule("floor", "x", "floor(x)", ("0",), "Largest integer not above x.", kink="derivative 0 everywhere"),
    Rule("ceil", "x", "ceil(x)", ("0",), "Smallest integer not below x.", kink="derivative 0 everywhere"),
    Rule("round", "x", "round(x)", ("0",), "Nearest integer, halves to the even one.", kink="derivative 0 everywhere"),
    # Over sequences.
    Rule("sum", "*x", "sum(x)", ("1",), "Sum of a sequence, as one node."),
    Rule("mean", "*x", "sum(x) / size(x)", ("1 / size(x)",), "Mean of a sequence, as one node."),
    Rule("dot", "*w *x b=0", "sum(w * x) + b", ("x", "w", "1"),
         "Sum of products plus b, as one node: a neuron's w·x + b, whose bias b sits on an edge of constant 1."),
    Rule("logsumexp", "*x", "m + log(s)", ("e / s",),
         "Logarithm of the sum of exponentials, without overflow; its partials are softmax(x).",
         given=(("top", "max(x)"), ("m", "where(abs(top) == inf, 0, top)"), ("e", "exp(x - m)"), ("s", "sum(e)"))),
)  # fmt: skip

RULES.update((row.name, row) for row in _ROWS)
