"""Lesson ``pressure``: a hidden neuron far from the cost may feel more of it than the output does."""

from __future__ import annotations

import math

from autograd import Value
from nn.explanation.explain import explain
from nn.layers import MLP
from nn.lessons.lesson import Lesson, Outcome, check
from nn.losses import mse

__all__ = ["LESSON"]

_X, _TARGET, _NUDGE = [0.5, -1.0], 1.0, 1e-6


def run() -> Outcome:
    """Find the neuron of the first layer with the largest ∂C/∂a, take it apart, and check it by nudging the neuron."""
    model = MLP(2, [8, 8, 8, 1], "tanh", init="uniform", seed=2)
    report = explain(model, _X, target=_TARGET, loss="mse")
    first = report.layers["layers.0"].neurons
    row, output = max(first, key=lambda neuron: abs(neuron.contribution)), report["layers.3.neurons.0"]
    index = first.index(row)
    measured = (_cost(model, index, _NUDGE) - _cost(model, index, -_NUDGE)) / (2.0 * _NUDGE)

    products = [term.product for term in row.pressure]
    check(abs(row.contribution) > 2.0 * abs(output.contribution), "three layers from the cost the pressure is doubled")
    check(abs(math.fsum(products) - row.contribution) < 1e-12, "the terms w · δ of the next layer sum to ∂C/∂a")
    check(abs(measured - row.contribution) < 1e-6, "nudging the neuron moves the cost by just so much")
    strongest = max(row.pressure, key=lambda term: abs(term.product))
    numbers = {
        "name": row.name, "contribution": row.contribution, "output": output.contribution, "measured": measured,
        "ratio": abs(row.contribution / output.contribution), "to": strongest.to, "w": strongest.weight,
        "delta": strongest.delta, "product": strongest.product, "count": len(products), "activity": row.activity,
        "against": sum(product * row.contribution < 0.0 for product in products), "own": row.delta,
    }  # fmt: skip
    layers = [[neuron.contribution for neuron in layer.neurons] for layer in report.layers.values()]
    return Outcome(numbers, {"products": products, "contribution": row.contribution, "layers": layers, "index": index})


def _cost(model: MLP, index: int, nudge: float) -> float:
    """The cost when one activation of the first layer is moved by `nudge`, going forward only."""
    activation: list[Value] = model.layers[0](_X)
    activation[index] = activation[index] + nudge
    for layer in model.layers[1:]:
        activation = layer(activation)
    return float(mse(activation, _TARGET).data)


LESSON = Lesson(
    name="pressure",
    run=run,
    title=(
        "Far from the cost is not far from the pressure",
        "离代价远，梯度未必小",
    ),
    claim=(
        """
three layers away from the cost, {name} has ∂C/∂a = {contribution}, {ratio} times the output's {output}; the
{count} terms w · δ sum to it, and nudging the neuron confirms it: {measured}.
""",
        """
{name} 离代价有三层之遥，∂C/∂a = {contribution}，却是输出神经元（{output}）的 {ratio} 倍；{count} 项 w · δ 之和
正是它；直接微调这个激活值，测得 {measured}，二者吻合。
""",
    ),
    text=(
        """
The output neuron sits next to the cost, and one might think that it bears the brunt of the error, with less and
less for the layers behind it. Nothing in the mathematics says so. A hidden neuron's pressure is a sum over the
neurons that read it:

    ∂C/∂a = Σ w · δ_next        δ = ∂C/∂a · σ'(z)

Each term is small or large with its weight, and terms of the same sign pile up. With eight readers in every
layer, and weights between −1 and 1, there is room for both.

In this network (2 inputs, three layers of 8 tanh neurons, one linear output) the output has ∂C/∂a = {output}.
In the first layer, three steps further back, {name} has {contribution}: {ratio} times as much. Its strongest
reader is {to}, with w = {w} and δ = {delta}, which makes {product}; {against} of its {count} readers pull the
other way.

Is it true? Forget the chain rule, add a millionth to this one activation, compute forward only, and see what
the cost does: it changes by {measured} times as much as the nudge.

So "which neuron is to blame" is not a matter of distance. Blame is ∂C/∂a, and it travels along the weights.
Whether the neuron can act on it is the other factor: here σ'(z) = {activity}, which leaves δ = {own}.
""",
        """
输出神经元紧挨着代价，人们容易以为误差主要由它承担，离代价越远的层分到的越少。其实不然。隐藏神经元承受的压力，
是对所有以它为输入的神经元求和：

    ∂C/∂a = Σ w · δ_next        δ = ∂C/∂a · σ'(z)

每一项的大小取决于权重，同号的各项还会累积。这里每个神经元都连到下一层的八个神经元，权重在 −1 与 1 之间，和变
大、变小都有可能。

在这个网络里（2 个输入，三层各 8 个 tanh 神经元，一个线性输出），输出神经元的 ∂C/∂a = {output}。再往回走三步，第
一层的 {name} 却有 {contribution}，是前者的 {ratio} 倍。贡献最大的一项来自 {to}：w = {w}，δ = {delta}，乘积
为 {product}；{count} 项中有 {against} 项符号相反。

真是这样吗？不用链式法则，只把这一个激活值增加百万分之一，重做前向计算，看代价变化多少：代价的变化是激活值变化
的 {measured} 倍。

所以，误差该归咎于哪个神经元，与距离无关。应承担多少，由 ∂C/∂a 决定，它沿着权重逐层传递。至于神经元能否据此改
变，取决于另一个因子：这里 σ'(z) = {activity}，于是 δ = {own}。
""",
    ),
    caption=(
        """
Left: ∂C/∂a of every neuron, layer by layer; the ring marks the one in question. Right: its {count} terms w · δ,
one on top of the other, end at ∂C/∂a.
""",
        "左：各层每个神经元的 ∂C/∂a，圆圈标出所讨论的那个。右：它的 {count} 项 w · δ 逐项累加，终点就是 ∂C/∂a。",
    ),
    sources=(
        """
D. E. Rumelhart, G. E. Hinton and R. J. Williams, *Learning representations by back-propagating errors*, Nature
323 (1986), pages 533–536.
""",
        "M. A. Nielsen, *Neural Networks and Deep Learning*, 2015, chapter 2, equation BP2.",
    ),
)
