"""Lesson ``symmetry``: equal weights never part; zero biases are fine."""

from __future__ import annotations

import numpy as np

from nn.layers import MLP
from nn.lessons.lesson import Lesson, Outcome, check, descend

__all__ = ["LESSON"]

_X, _TARGETS = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]], [-1.0, 1.0, 1.0, -1.0]
_RATE, _STEPS, _EQUAL = 0.2, {"random": 150, "equal": 600, "zero": 150}, 0.5
#: The least cost of one neuron: it tells one corner from the three others, which all get their mean target, 1/3.
_ONE_NEURON = 2.0 / 3.0


def run() -> Outcome:
    """Learn exclusive-or from weights that are random, equal, and zero; biases start at 0 each time."""
    costs, paths, equal = {}, {}, MLP(2, [4, 1], "tanh", seed=1)
    for kind, steps in _STEPS.items():
        model = equal if kind == "equal" else MLP(2, [4, 1], "tanh", seed=1)
        if kind != "random":
            for layer in model.layers:
                for neuron in layer.neurons:
                    for weight in neuron.w:
                        weight.data = _EQUAL if kind == "equal" else 0.0
        costs[kind], reports = descend(model, _X, _TARGETS, loss="mse", rate=_RATE, steps=steps)
        paths[kind] = [[report[f"layers.0.neurons.{i}"].weights for report in reports] for i in range(4)]

    check(costs["random"][-1] < 1e-6, "random weights with zero biases learn exclusive-or")
    check(all(path == paths["equal"][0] for path in paths["equal"]), "equal neurons stay equal to the last bit")
    check(paths["equal"][0][-1] != paths["equal"][0][0], "though they do move")
    check(_answers_as_one(equal), "together they answer as one neuron whose output weight is the sum of theirs")
    half = _STEPS["equal"] // 2
    check(min(costs["equal"]) > _ONE_NEURON, "one neuron cannot get below 2/3, nor can they")
    check(costs["equal"][-1] < costs["equal"][half] < 0.71, "they still learn, towards 2/3")
    check(set(costs["zero"]) == {costs["zero"][0]}, "from zero weights nothing moves at all")
    ends = [path[-1] for path in paths["random"]]
    gap = min(max(abs(a - b) for a, b in zip(one, two, strict=True)) for one in ends for two in ends if one is not two)
    numbers = {
        "steps": _STEPS["random"], "longer": _STEPS["equal"], "equal": _EQUAL, "gap": gap,
        "equal_start": costs["equal"][0],
        **{f"{kind}_end": curve[-1] for kind, curve in costs.items()},
        "moved": paths["equal"][0][-1][0], "half": half, "equal_half": costs["equal"][half],
    }  # fmt: skip
    return Outcome(
        numbers, {"costs": costs, "least": _ONE_NEURON, "paths": {kind: paths[kind] for kind in ("random", "equal")}}
    )


def _answers_as_one(model: MLP) -> bool:
    """Whether a network of one hidden neuron, with the sum of the model's output weights, answers the same."""
    one = MLP(2, [1, 1], "tanh")
    *_, output = model.layers
    state = {name: number for name, number in model.state_dict().items() if name in dict(one.named_parameters())}
    one.load_state_dict(state | {"layers.1.neurons.0.w.0": sum(w.data for w in output.neurons[0].w)})
    return bool(np.allclose(one.outputs(_X), model.outputs(_X), rtol=0.0, atol=1e-12))


LESSON = Lesson(
    name="symmetry",
    run=run,
    title=(
        "Equal neurons never part",
        "相同的神经元永远相同",
    ),
    claim=(
        """
after {longer} steps four neurons that started equal are equal to the last bit. They do learn, but as one neuron
would, towards a cost of 2/3 and never below it: it is {equal_end}. From zero weights nothing moved; from random
weights, with all biases starting at 0, the cost is {random_end} after {steps}.
""",
        """
{longer} 步之后，四个起点相同的神经元仍然完全相同，连最后一个比特都不差。它们确实在学，但合起来只相当于一个神经元：
代价趋于 2/3，永远降不到 2/3 以下，此时为 {equal_end}。权重全为 0 时，什么都没有动；权重随机、偏置全部从 0 开始时，
{steps} 步之后代价为 {random_end}。
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
from {equal} to {moved}, in all four neurons to the last bit. So they do learn: the cost falls from
{equal_start} to {equal_half} in {half} steps and to {equal_end} in {longer}. But four neurons that move as one
answer as one, whose output weight is the sum of theirs. One neuron can set one corner apart from the other
three; the best answer for those, with targets 1, 1 and −1, is 1/3, and that costs (2·(2/3)² + (4/3)²)/4 = 2/3.
The cost comes closer to 2/3 the longer we train, and never gets below it.

**All weights 0.** Now even that movement stops. The hidden a = tanh(0) is 0, so the output's weights get δ · 0
= 0; and the output's weights are 0, so the pressure on the hidden neurons, w·δ, is 0 too. The output bias alone
has a gradient, and here the targets average 0, so even that is 0 over the batch. The cost stays at {zero_end}.

So it is the weights that must be drawn at random. Their size is another question (Xavier, He); that they differ
at all is this one.
""",
        """
异或：两个取值 ±1 的输入不同时输出 1，相同时输出 −1。一个隐藏神经元做不到；四个 tanh 神经元则轻而易举，前提是它们
彼此不同。同一个网络，我们用三种方式开始，每次偏置都从 0 开始。

**权重随机。** 四个神经元各自演化。{steps} 步之后代价为 {random_end}，任意两个神经元的权重至少相差 {gap}。偏置全
都从 0 开始并无害处：权重不同，a 就不同，δ 就不同，于是从第一步起偏置的梯度也就不同。

**权重全为 {equal}。** 四个权重相同的神经元看到同样的输入，a 就相同；下一层以同样的权重读取它们，∂C/∂a = w·δ 就
相同，δ 相同，梯度相同；走完一步，权重又相同。这不是近似，而是严格如此：第一个权重从 {equal} 变为 {moved}，四个神
经元连最后一个比特都不差。所以它们确实在学：代价从 {equal_start} 降到第 {half} 步的 {equal_half}，再降到第 {longer}
步的 {equal_end}。可是四个步调一致的神经元只相当于一个神经元，其输出权重为四者之和。一个神经元只能把一个角与另外三
个角分开；那三个角的目标是 1、1 和 −1，最好的回答是 1/3，代价为 (2·(2/3)² + (4/3)²)/4 = 2/3。训练得越久，代价越接
近 2/3，但永远降不到它以下。

**权重全为 0。** 这时所有参数都不再变化。隐藏层 a = tanh(0) = 0，所以输出层权重的梯度是 δ · 0 = 0；输出层权重又是 0，
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
