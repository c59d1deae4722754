"""Lesson ``symmetry``: equal weights never part; zero biases are fine."""

from __future__ import annotations

from nn.layers import MLP
from nn.lessons.lesson import Lesson, Outcome, check, descend

__all__ = ["LESSON"]

_X, _TARGETS = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]], [-1.0, 1.0, 1.0, -1.0]
_RATE, _STEPS, _EQUAL = 0.2, 150, 0.5


def run() -> Outcome:
    """Learn exclusive-or from weights that are random, equal, and zero; biases start at 0 each time."""
    costs, paths = {}, {}
    for kind in ("random", "equal", "zero"):
        model = MLP(2, [4, 1], "tanh", seed=1)
        if kind != "random":
            for layer in model.layers:
                for neuron in layer.neurons:
                    for weight in neuron.w:
                        weight.data = _EQUAL if kind == "equal" else 0.0
        costs[kind], reports = descend(model, _X, _TARGETS, loss="mse", rate=_RATE, steps=_STEPS)
        paths[kind] = [[report[f"layers.0.neurons.{i}"].weights for report in reports] for i in range(4)]

    check(costs["random"][-1] < 1e-6, "random weights with zero biases learn exclusive-or")
    check(all(path == paths["equal"][0] for path in paths["equal"]), "equal neurons stay equal to the last bit")
    check(paths["equal"][0][-1] != paths["equal"][0][0], "though they do move")
    check(costs["equal"][-1] > 0.5, "together they are worth one neuron, which cannot learn exclusive-or")
    check(set(costs["zero"]) == {costs["zero"][0]}, "from zero weights nothing moves at all")
    ends = [path[-1] for path in paths["random"]]
    gap = min(max(abs(a - b) for a, b in zip(one, two, strict=True)) for one in ends for two in ends if one is not two)
    numbers = {
        "steps": _STEPS, "equal": _EQUAL, "gap": gap, "equal_start": costs["equal"][0],
        **{f"{kind}_end": curve[-1] for kind, curve in costs.items()},
        "moved": paths["equal"][0][-1][0],
    }  # fmt: skip
    return Outcome(numbers, {"costs": costs, "paths": {kind: paths[kind] for kind in ("random", "equal")}})


LESSON = Lesson(
    name="symmetry",
    run=run,
    title=(
        "Equal neurons never part",
        "相同的神经元永远分不开",
    ),
    claim=(
        """
after {steps} steps four neurons that started equal are equal to the last bit and stuck at a cost of
{equal_end}; from zero weights nothing moved; from random weights, with all biases starting at 0, the cost is
{random_end}.
""",
        """
{steps} 步之后，四个起点相同的神经元仍然一个比特都不差，代价卡在 {equal_end}；权重全零时什么都没动；权重随机、偏
置全部从 0 开始时，代价为 {random_end}。
""",
    ),
    text=(
        """
Exclusive-or: answer 1 where two inputs of ±1 differ, −1 where they agree. One hidden neuron cannot do it; four
tanh neurons easily can, if they are four. We start the same network three times. The biases start at 0 each
time.

**Random weights.** The four neurons go four ways. After {steps} steps the cost is {random_end}, and no two
neurons are closer than {gap} in their weights. That all biases began at 0 did no harm: different weights give
different a, different δ, and so different bias gradients from the first step on.

**All weights {equal}.** Four neurons with the same weights see the same inputs, so they have the same a. The
next layer reads them with the same weight, so they have the same ∂C/∂a = w·δ, the same δ, the same gradients;
and after the step the same weights again. This is not nearly so, it is exactly so: the first weight has gone
from {equal} to {moved}, in all four neurons to the last bit. Four neurons that move as one are worth one, and
the cost stays at {equal_end}.

**All weights 0.** Now even that movement stops. The hidden a = tanh(0) is 0, so the output's weights get δ · 0
= 0; and the output's weights are 0, so the pressure on the hidden neurons, w·δ, is 0 too. The output bias alone
has a gradient, and here the targets average 0, so even that is 0 over the batch. The cost stays at {zero_end}.

So it is the weights that must be drawn at random. Their size is another question (Xavier, He); that they differ
at all is this one.
""",
        """
异或：两个取值 ±1 的输入不同时输出 1，相同时输出 −1。一个隐藏神经元做不到；四个 tanh 神经元轻而易举——只要它们真
的是四个。同一个网络，我们用三种方式开始，每次偏置都从 0 开始。

**权重随机。** 四个神经元各走各路。{steps} 步之后代价为 {random_end}，任意两个神经元的权重至少相差 {gap}。偏置全
都从 0 开始并无害处：权重不同，a 就不同，δ 就不同，于是从第一步起偏置的梯度也就不同。

**权重全为 {equal}。** 四个权重相同的神经元看到同样的输入，a 就相同；下一层以同样的权重读取它们，∂C/∂a = w·δ 就
相同，δ 相同，梯度相同；走完一步，权重又相同。这不是近似，而是严格如此：第一个权重从 {equal} 走到了 {moved}，四
个神经元一个比特都不差。四个神经元步调一致，只抵得上一个，代价停在 {equal_end}。

**权重全为 0。** 这下连动都不动了。隐藏层 a = tanh(0) = 0，所以输出层权重的梯度是 δ · 0 = 0；输出层权重又是 0，
所以传给隐藏神经元的压力 w·δ 也是 0。只剩输出偏置还可能有梯度，而这里各目标的平均值是 0，整批加起来连它也是 0。
代价停在 {zero_end}。

所以必须随机的是权重。该取多大是另一个问题（Xavier、He）；首先它们得彼此不同，这就是本课要说的。
""",
    ),
    caption=(
        """
Left and middle: the weights of the four hidden neurons as they learn, from random and from equal starts (four
paths on top of each other). Right: the cost.
""",
        "左、中：四个隐藏神经元的权重在学习中走过的路，起点分别为随机和相同（四条路重叠在一起）。右：代价。",
    ),
    sources=(
        """
D. E. Rumelhart, G. E. Hinton and R. J. Williams, *Learning internal representations by error propagation*, in:
Parallel Distributed Processing, vol. 1, MIT Press 1986, chapter 8 ("Symmetry breaking").
""",
        "I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press 2016, section 8.4.",
    ),
)
