"""Lesson ``saturation``: where σ is flat, even the largest error moves nothing."""

from __future__ import annotations

from nn.explanation.explain import explain
from nn.layers import Neuron
from nn.lessons.lesson import Lesson, Outcome, check, descend

__all__ = ["LESSON"]

_STARTS, _RATE, _STEPS = (0.0, 2.0, 6.0), 0.5, 100


def run() -> Outcome:
    """Teach one neuron to answer 0, from three starts; then from the worst one with cross-entropy."""
    rows, curves = [], {}
    for start in _STARTS:
        neuron = _neuron("sigmoid", start)
        rows.append(explain(neuron, [1.0], target=0.0, loss="mse")["neuron"])
        curves[f"{start:g}"] = descend(neuron, [[1.0]], [0.0], loss="mse", rate=_RATE, steps=_STEPS)[0]
    logit = _neuron("linear", _STARTS[-1])
    cross = explain(logit, [1.0], target=0.0, loss="binary_cross_entropy")["neuron"]
    _, reports = descend(logit, [[1.0]], [0.0], loss="binary_cross_entropy", rate=_RATE, steps=_STEPS)
    # Compared by the squared error of the probability, so that all four curves mean the same.
    curves["cross-entropy"] = [float(_sigmoid(report["neuron"].a[0])) ** 2 for report in reports]

    easy, _, worst = rows
    check(worst.contribution > 1.9 * easy.contribution, "the saturated neuron contributes more to the error")
    check(worst.activity < 0.01 * easy.activity, "it is a hundred times less active")
    check(worst.delta < 0.02 * easy.delta, "so it learns fifty times more slowly")
    check(curves["6"][-1] > 0.98 * curves["6"][0], "it has hardly moved in the end")
    check(curves["0"][-1] < 0.01, "the one that started at 0 has learnt")
    check(abs(cross.delta - worst.a) < 1e-12, "with cross-entropy δ is the plain difference p - t")
    check(curves["cross-entropy"][-1] < 0.001, "with cross-entropy the worst start is no obstacle")
    numbers = {
        "steps": _STEPS,
        "easy_end": curves["0"][-1],
        "worst_start": curves["6"][0],
        "worst_end": curves["6"][-1],
    }
    numbers |= {
        "cross_delta": cross.delta,
        "cross_end": curves["cross-entropy"][-1],
        "ratio": round(easy.delta / worst.delta),
    }
    for name, row in zip(("easy", "middle", "worst"), rows, strict=True):
        numbers |= {f"{name}_{figure}": getattr(row, figure) for figure in ("a", "contribution", "activity", "delta")}
    return Outcome(numbers, {"starts": [(row.z, row.activity) for row in rows], "curves": curves})


def _neuron(activation: str, start: float) -> Neuron:
    """A neuron with one input, at z = start for the input 1."""
    neuron = Neuron(1, activation, seed=0)
    assert neuron.b is not None
    neuron.w[0].data = neuron.b.data = start / 2.0
    return neuron


def _sigmoid(z: float) -> float:
    from autograd import sigmoid

    return float(sigmoid(float(z)))


LESSON = Lesson(
    name="saturation",
    run=run,
    title=(
        "Where σ is flat, nothing learns",
        "σ 一旦平坦，学习就停滞",
    ),
    claim=(
        """
the neuron that starts furthest off (∂C/∂a = {worst_contribution}) has the smallest δ, {ratio} times smaller
than one that starts undecided, and its cost is still {worst_end} after {steps} steps; with cross-entropy the
same start reaches a squared error of {cross_end}.
""",
        """
错得最离谱的神经元（∂C/∂a = {worst_contribution}）δ 反而最小，只有从中间出发者的 1/{ratio}，{steps} 步之后代价仍
有 {worst_end}；换成交叉熵，同样的起点最终平方误差只有 {cross_end}。
""",
    ),
    text=(
        """
One sigmoid neuron, one input that is always 1, and the wish that it answers 0. The cost is the squared error.
We start it at three places: undecided (z = 0), wrong (z = 2), and wrong with full conviction (z = 6).

δ has two factors, and they tell two stories:

| start | a | ∂C/∂a | σ'(z) | δ |
|---|---|---|---|---|
| z = 0 | {easy_a} | {easy_contribution} | {easy_activity} | {easy_delta} |
| z = 2 | {middle_a} | {middle_contribution} | {middle_activity} | {middle_delta} |
| z = 6 | {worst_a} | {worst_contribution} | {worst_activity} | {worst_delta} |

The pressure ∂C/∂a grows with the mistake, as it should. But σ'(z) = a·(1 − a) collapses as a approaches 1: the
neuron has stopped answering to its own input. The product is what counts. At z = 6 δ is {ratio} times smaller
than at z = 0, although the mistake is twice as large. Weight and bias freeze together, since both gradients
carry the factor δ. After {steps} steps the undecided neuron has a cost of {easy_end}; the convinced one still
has {worst_end}, of {worst_start} at the start.

The cure for an output neuron is to choose the cost so that σ' cancels. For the cross-entropy of p = σ(z)
against a target t, ∂C/∂z = p − t: no slope is left in it. From the same start z = 6, δ is {cross_delta}, as
large as the mistake, and after {steps} steps the squared error is {cross_end}. For hidden neurons there is no
such choice of cost; there one keeps σ from going flat: standardised inputs, weights that start small, or relu.
""",
        """
一个 sigmoid 神经元，输入恒为 1，目标输出是 0，代价是平方误差。让它从三处出发：举棋不定（z = 0）、错了
（z = 2）、错得十分肯定（z = 6）。

δ 有两个因子，变化方向正好相反：

| 起点 | a | ∂C/∂a | σ'(z) | δ |
|---|---|---|---|---|
| z = 0 | {easy_a} | {easy_contribution} | {easy_activity} | {easy_delta} |
| z = 2 | {middle_a} | {middle_contribution} | {middle_activity} | {middle_delta} |
| z = 6 | {worst_a} | {worst_contribution} | {worst_activity} | {worst_delta} |

压力 ∂C/∂a 随错误增大，理应如此。可是 a 越接近 1，σ'(z) = a·(1 − a) 就越小：神经元对输入几乎不再有反应。决定学
习快慢的是二者的乘积。z = 6 时错误是 z = 0 时的两倍，δ 却只有它的 1/{ratio}。权重和偏置的梯度都含有因子 δ，于是一
起冻结。{steps} 步之后，举棋不定的那个代价降到 {easy_end}；十分肯定的那个还有 {worst_end}，而开始时是
{worst_start}。

对输出神经元，对策是选一个能把 σ' 消掉的代价函数。取 p = σ(z) 与目标 t 的交叉熵，则 ∂C/∂z = p − t，斜率消掉了。
同样从 z = 6 出发，δ = {cross_delta}，与误差成正比，{steps} 步之后平方误差只有 {cross_end}。隐藏神经元没有这样
的代价可选，只能不让 σ 变平：输入标准化，权重从小处开始，或者用 relu。
""",
    ),
    caption=(
        "Left: σ'(z), and the three starts on it. Right: the squared error of the answer, step by step.",
        "左：σ'(z) 与三个起点。右：输出的平方误差随步数的变化。",
    ),
    sources=(
        """
Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, *Efficient BackProp*, in: Neural Networks: Tricks of the Trade,
Springer 1998.
""",
        "I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press 2016, section 6.2.2.2.",
        """
M. A. Nielsen, *Neural Networks and Deep Learning*, 2015, chapter 3 (the cross-entropy cost function).
""",
    ),
)
