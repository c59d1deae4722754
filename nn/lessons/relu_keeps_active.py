"""Lesson ``relu-keeps-active``: how much gradient is left after ten layers, with sigmoid and with relu."""

from __future__ import annotations

import numpy as np

from nn import data
from nn.explanation.explain import explain
from nn.layers import MLP
from nn.lessons.lesson import Lesson, Outcome, check

__all__ = ["LESSON"]

_HIDDEN, _WIDTH, _ROWS = 9, 16, 40


def run() -> Outcome:
    """Explain two untrained networks of ten layers on the same rows."""
    X, y = data.moons(_ROWS, noise=0.1, seed=0)
    flow, activity, kinds = {}, {}, {}
    for name in ("sigmoid", "relu"):
        report = explain(MLP(2, [_WIDTH] * _HIDDEN + [1], name, seed=0), X, targets=y)
        layers = list(report.layers.values())
        flow[name] = [float(np.sqrt(np.mean(layer.delta**2))) for layer in layers]
        hidden = np.concatenate([layer.activity.ravel() for layer in layers[:-1]])
        activity[name] = hidden
        kinds[name] = {finding.kind for finding in report.findings}

    left = {name: deltas[0] / deltas[-2] for name, deltas in flow.items()}  # between the hidden layers
    on = activity["relu"] > 0.0
    check(bool((activity["sigmoid"] <= 0.25).all()), "sigmoid's slope is never above 1/4")
    check(set(activity["relu"][on].tolist()) == {1.0}, "relu's slope is 1 wherever it is on")
    check(left["sigmoid"] < 1e-4, "through the hidden sigmoid layers less than a ten-thousandth of δ is left")
    check(left["relu"] > 0.1, "through the hidden relu layers more than a tenth is left")
    check("vanishing" in kinds["sigmoid"] and "vanishing" not in kinds["relu"], "the diagnosis tells the two apart")
    steps = _HIDDEN - 1
    numbers = {
        "hidden": _HIDDEN, "steps": steps, "sigmoid_left": left["sigmoid"], "relu_left": left["relu"],
        "sigmoid_factor": left["sigmoid"] ** (1 / steps), "relu_factor": left["relu"] ** (1 / steps),
        "sigmoid_activity": float(activity["sigmoid"].mean()), "on": f"{on.mean():.0%}",
        "sigmoid_first": flow["sigmoid"][0], "relu_first": flow["relu"][0], "best": 0.25**steps,
    }  # fmt: skip
    return Outcome(numbers, {"flow": flow})


LESSON = Lesson(
    name="relu-keeps-active",
    run=run,
    title=(
        "Relu keeps σ' at 1 wherever it is on",
        "relu 只要处于激活状态，σ' 就等于 1",
    ),
    claim=(
        """
from the last hidden layer to the first, {steps} layers back, rms δ falls to {sigmoid_left} of itself with
sigmoid and to {relu_left} with relu.
""",
        """
从最后一个隐藏层往回 {steps} 层到第一个隐藏层，δ 的均方根：用 sigmoid 只剩 {sigmoid_left}，用 relu 还剩
{relu_left}。
""",
    ),
    text=(
        """
On the way back every layer multiplies. From δ of one layer to δ of the layer before it there are two factors,
the weights and the slope:

    δ = (Σ w · δ_next) · σ'(z)

Sigmoid's slope is a·(1 − a), which is 1/4 at its best. So the slopes alone leave at most (1/4)ⁿ of δ after n
layers: {best} after {steps}. The weights could make up for it, but not at the sizes one starts with, chosen so
that a's stay in range on the way forward.

Relu's slope is 1 or 0, nothing between. Where a neuron is on, δ passes undiminished; where it is off, nothing
passes. With the usual start about half of the neurons are on, here {on}; He's initialisation doubles the
variance of the weights to make up for just that half.

Two networks, {hidden} hidden layers of 16 neurons, untrained, the same 40 rows of moons. The mean σ' in the
sigmoid one is {sigmoid_activity}. Going back through {steps} layers, each takes δ down to {sigmoid_factor} of
itself on average, and {sigmoid_left} is what the first layer gets. Its weights will not move in any time one
cares to wait. With relu the factor is {relu_factor} a layer, and {relu_left} is left: the first layer learns
about as fast as the last.

Relu's price is the 0: a neuron that is off on every row gets no gradient at all. The report lists such neurons
as dead, and this untrained network has some. A few do no harm; but one step that is too large may turn off many
at once.
""",
        """
反向传播时，每经过一层都要做一次乘法。从一层的 δ 到前一层的 δ，要乘两个因子：权重和斜率：

    δ = (Σ w · δ_next) · σ'(z)

sigmoid 的斜率是 a·(1 − a)，最好的情形也只有 1/4。所以单看斜率，n 层之后 δ 至多剩下 (1/4)ⁿ：{steps} 层之后是
{best}。较大的权重本可以弥补，但初始权重做不到，因为它们的大小是为了让前向的 a 保持适中而选的。

relu 的斜率非 1 即 0，没有中间值。神经元处于激活状态时，δ 原样通过；关闭时，δ 变为 0。按常规初始化，大约一半神
经元处于激活状态，这里是 {on}；He 初始化把权重的方差加倍，弥补的正是关闭的那一半。

两个网络，各有 {hidden} 个隐藏层，每层 16 个神经元，未经训练，用同样的 40 个双月样本。sigmoid 网络里 σ' 平均为
{sigmoid_activity}。往回经过 {steps} 层，每层平均把 δ 缩到原来的 {sigmoid_factor}，传到第一层只剩 {sigmoid_left}
，它的权重几乎不会变化。relu 网络每层的因子是 {relu_factor}，最后还剩 {relu_left}：第一层学得和最后一层差不多
快。

relu 也有代价，就在那个 0：在每个样本上都关闭的神经元，一点梯度也得不到。报告会把它们列为“死神经元”，这个未经训练的
网络里就有几个。少数几个无妨；但若某一步走得太大，可能一下子关掉许多。
""",
    ),
    caption=(
        "rms δ of every layer, the last one on the right; the scale is logarithmic.",
        "各层 δ 的均方根，最后一层在右边；纵轴为对数刻度。",
    ),
    sources=(
        """
X. Glorot and Y. Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS
2010.
""",
        "X. Glorot, A. Bordes and Y. Bengio, *Deep sparse rectifier neural networks*, AISTATS 2011.",
        "K. He, X. Zhang, S. Ren and J. Sun, *Delving deep into rectifiers*, ICCV 2015.",
    ),
)
