"""Lesson ``batch-sum``: over a batch the bias's gradient is the sum of δ, and the weights' is Δᵀ·A."""

from __future__ import annotations

import math

import numpy as np

from autograd import mean
from nn import data
from nn.explanation.explain import explain
from nn.layers import MLP
from nn.lessons.lesson import Lesson, Outcome, check
from nn.losses import binary_cross_entropy

__all__ = ["LESSON"]

_ROWS, _NAME = 24, "layers.0.neurons.0"


def run() -> Outcome:
    """Explain 24 rows of moons, and compare with one backward pass from their mean cost."""
    X, y = data.moons(_ROWS, noise=0.1, seed=1)
    model = MLP(2, [4, 1], "tanh", seed=1)
    report = explain(model, X, targets=y)
    row, layer = report[_NAME], report.layers["layers.0"]

    mean([binary_cross_entropy(model(x), float(t)) for x, t in zip(X.tolist(), y, strict=True)]).backward()
    first = model.layers[0].neurons[0]
    assert first.b is not None
    deltas = row.delta.tolist()
    check(abs(math.fsum(deltas) - first.b.grad) < 1e-12, "the sum of δ is the bias's gradient")
    found = [[w.grad for w in neuron.w] for neuron in model.layers[0].neurons]
    check(np.allclose(layer.delta.T @ layer.inputs, found, rtol=0.0, atol=1e-12), "Δᵀ·A is the weights' gradient")
    positive, negative = math.fsum(d for d in deltas if d > 0.0), math.fsum(d for d in deltas if d < 0.0)
    check(positive > 0.0 > negative, "the rows do not all pull the same way")
    size = positive - negative
    numbers = {
        "rows": _ROWS, "name": _NAME, "gradient": first.b.grad, "positive": positive, "negative": negative,
        "count": sum(d > 0.0 for d in deltas), "rest": sum(d < 0.0 for d in deltas),
        "left": f"{abs(first.b.grad) / size:.0%}",
        "w0": first.w[0].grad, "w1": first.w[1].grad, "strongest": max(deltas, key=abs),
    }  # fmt: skip
    return Outcome(numbers, {"deltas": deltas, "classes": y.tolist(), "gradient": first.b.grad})


LESSON = Lesson(
    name="batch-sum",
    run=run,
    title=(
        "A batch is a vote: the bias's gradient is the sum of δ",
        "一批样本就是一次表决：偏置的梯度是 δ 之和",
    ),
    claim=(
        """
the {rows} δ of one neuron sum to {gradient}, its bias's gradient, to 1e-12; and Δᵀ·A is the gradient of all the
layer's weights.
""",
        "同一个神经元的 {rows} 个 δ 之和等于偏置的梯度 {gradient}，误差不到 1e-12；而 Δᵀ·A 正是该层全部权重的梯度。",
    ),
    text=(
        """
Training on a batch descends the mean cost, C = (C₁ + … + Cₙ) / n. The parameters are the same for every row, so
every row's graph ends in the same leaves, and on a leaf contributions add up. With δᵣ = ∂C/∂zᵣ, one for each
row,

    ∂C/∂b = Σ δᵣ · 1        ∂C/∂w = Σ δᵣ · a_inᵣ, for a whole layer Δᵀ·A

The share 1/n of the mean is already in each δᵣ.

Here are {rows} rows of the two moons and the first neuron of an untrained network with four. Each row has its
say: for {count} rows δ is positive (raise b and the cost rises), together {positive}; for {rest} it is
negative, together {negative}. The bias moves by what is left of them, {gradient}, which is {left} of all the
pull there was.

The sum has one consequence for reading gradients: a small one does not mean that nobody objects. Rows may
object strongly and in opposite directions. That is what a boundary looks like which lies about right for this
neuron, and also why a batch of one row is so noisy: its δ is one vote, here up to {strongest}, of an election
that ends {positive} to {negative}.

The weights do the same sum, each row weighed with its own input: ∂C/∂w = ({w0}, {w1}). A bias is a weight whose
input is 1 in every row.
""",
        """
小批量训练所降低的，是平均代价 C = (C₁ + … + Cₙ) / n。所有样本共用同一组参数，因此各样本的计算图都以同样的叶子
为起点，而叶子上的梯度是各样本贡献之和。记 δᵣ = ∂C/∂zᵣ，每个样本一个，则

    ∂C/∂b = Σ δᵣ · 1        ∂C/∂w = Σ δᵣ · a_inᵣ，整层写作 Δᵀ·A

求平均的那个 1/n 已经含在每个 δᵣ 里。

这里有双月数据的 {rows} 个样本，和一个未经训练、有四个神经元的网络中的第一个神经元。每个样本都投了一票：{count}
个样本的 δ 为正（b 变大，代价就变大），合计 {positive}；{rest} 个为负，合计 {negative}。偏置的梯度是两相抵消之后
剩下的 {gradient}，只占各项绝对值之和的 {left}。

由此可知该如何解读梯度：梯度小，不等于各样本都满意。各样本的 δ 可能都很大，只是方向相反。对这个神经元来说，边界
位置大致合适时就是如此；一次只用一个样本之所以噪声大，也是这个缘故：它的 δ 只是一张选票，最大的一张
是 {strongest}，而整场表决是 {positive} 对 {negative}。

权重做的是同样的求和，只是每个样本要乘上自己的输入：∂C/∂w = ({w0}, {w1})。偏置就是输入在每个样本上都等于 1
的权重。
""",
    ),
    caption=(
        """
Left: δ of every row, sorted; the classes have different colours. Right: the running sum of these δ ends at the
bias's gradient.
""",
        "左：各样本的 δ，从小到大排列，颜色表示类别。右：这些 δ 的累加和，终点就是偏置的梯度。",
    ),
    sources=(
        "C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer 2006, section 5.3.1.",
        "I. Goodfellow, Y. Bengio and A. Courville, *Deep Learning*, MIT Press 2016, section 8.1.3.",
    ),
)
