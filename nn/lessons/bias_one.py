"""Lesson ``bias-one``: ∂z/∂b = 1, so with all inputs at 0 the bias still learns."""

from __future__ import annotations

from nn.layers import MLP
from nn.lessons.lesson import Lesson, Outcome, check, descend

__all__ = ["LESSON"]

_X, _TARGET, _RATE, _STEPS = [[0.0, 0.0]], [1.0], 0.1, 25


def run() -> Outcome:
    """Train on the sample (0, 0), with biases and without."""
    model = MLP(2, [3, 1], "tanh", seed=0)
    weights = [w.data for neuron in model.layers[0].neurons for w in neuron.w]
    costs, reports = descend(model, _X, _TARGET, loss="mse", rate=_RATE, steps=_STEPS)
    hidden = [reports[0][f"layers.0.neurons.{index}"] for index in range(3)]
    bare = MLP(2, [3, 1], "tanh", bias=False, seed=0)
    stuck, bare_reports = descend(bare, _X, _TARGET, loss="mse", rate=_RATE, steps=_STEPS)

    first = [report[f"layers.0.neurons.{i}"] for report in reports for i in range(3)]
    check(not any(neuron.weight_gradients.any() for neuron in first), "inputs of 0 give the weights no gradient")
    check(weights == [w.data for n in model.layers[0].neurons for w in n.w], "those weights never move")
    check(all(n.bias_gradient == n.delta[0] != 0.0 for n in hidden), "each bias gets its neuron's δ")
    check(costs[-1] < 1e-6, "the biases are enough to learn the sample")
    check(
        not any(g for report in bare_reports for g in report.gradients.values()), "without biases all gradients are 0"
    )
    check(set(stuck) == {stuck[0]}, "without biases the cost stays what it was")
    numbers = {
        "steps": _STEPS, "start": costs[0], "end": costs[-1], "stuck": stuck[-1],
        **{f"delta{index}": float(neuron.delta[0]) for index, neuron in enumerate(hidden)},
    }  # fmt: skip
    gradients = [("w", g) for n in hidden for g in n.weight_gradients.tolist()] + [
        ("b", n.bias_gradient) for n in hidden
    ]
    return Outcome(numbers, {"with": costs, "without": stuck, "gradients": gradients})


LESSON = Lesson(
    name="bias-one",
    run=run,
    title=(
        "The bias sits on an edge of 1",
        "偏置的局部导数恒为 1",
    ),
    claim=(
        """
with all inputs at 0 the first layer's weights get a gradient of exactly 0 and never move, its biases get δ and
bring the cost from {start} to {end}; without biases every gradient is 0 and the cost stays at {stuck}.
""",
        """
输入全为 0 时，第一层权重的梯度恰好为 0，始终不变；偏置的梯度是 δ，使代价从 {start} 降到 {end}。去掉偏置，所有
梯度都是 0，代价停在 {stuck}。
""",
    ),
    text=(
        """
A neuron computes z = w·a_in + b. How much is each parameter worth to z? A weight is worth its input, ∂z/∂w =
a_in. The bias is worth the same always, ∂z/∂b = 1. With δ = ∂C/∂z, the error as it stands before the neuron's
sum, the chain rule gives

    ∂C/∂w = δ · a_in        ∂C/∂b = δ · 1

Let every input be 0 and see what is left. The network has two inputs, three hidden tanh neurons and one linear
output; its only sample is x = (0, 0), its target is 1, and the cost starts at {start}.

The error does reach the hidden neurons: their δ are {delta0}, {delta1} and {delta2}. Yet all six weights there
have the gradient δ · 0 = 0. Each bias has the gradient δ · 1, that is, δ itself.

That is enough to learn. After {steps} plain gradient steps the cost is {end}, and the first layer's weights are
the same to the last bit. The second layer does better as it goes: once a hidden bias has left 0, tanh(b) is no
longer 0 either, and the weights that read it join in.

Now take the biases away. Every z is a sum of products with 0, every tanh(0) is 0, every gradient is 0. After
the same {steps} steps the cost is {stuck}, exactly as it was. A network without biases maps the origin to the
origin (if its activations do), whatever its weights: the bias is the only parameter that can move it from
there.
""",
        """
神经元计算 z = w·a_in + b。z 对各参数的导数是多少？对权重，导数等于它的输入：∂z/∂w = a_in；对偏置，导数恒为 1：
∂z/∂b = 1。记 δ = ∂C/∂z，称为该神经元的误差，由链式法则得

    ∂C/∂w = δ · a_in        ∂C/∂b = δ · 1

现在让所有输入都等于 0，看看还剩下什么。网络有两个输入、三个 tanh 隐藏神经元和一个线性输出；唯一的样本是 x = (0,
0)，目标是 1，代价从 {start} 开始。

误差确实传到了隐藏神经元：它们的 δ 分别是 {delta0}、{delta1} 和 {delta2}。可是那里的六个权重，梯度全是 δ · 0 = 0
；而每个偏置的梯度是 δ · 1，也就是 δ 本身。

仅凭偏置就能学会这个样本。做 {steps} 步普通的梯度下降之后，代价降为 {end}，而第一层的权重丝毫未变。第二层随后
也开始学习：隐藏层的偏置一旦离开 0，tanh(b) 就不再是 0，以它为输入的权重便有了梯度。

再把偏置去掉。每个 z 都是若干个“与 0 的乘积”之和，每个 tanh(0) 都是 0，每个梯度都是 0。同样走 {steps} 步，代价仍
是 {stuck}，与开始时分毫不差。没有偏置的网络（只要激活函数过原点）无论权重如何，都把原点映射到原点：要让输出离开
原点，只能靠偏置。
""",
    ),
    caption=(
        """
Left: the gradients of the hidden layer at the start; all six weights have 0. Right: the cost, step by step.
""",
        "左：开始时隐藏层各参数的梯度，六个权重全为 0。右：代价随步数的变化。",
    ),
    sources=(
        """
C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer 2006, section 5.1 (the bias as the weight of
an input clamped at 1) and section 5.3.1.
""",
        "M. A. Nielsen, *Neural Networks and Deep Learning*, 2015, chapter 2, equations BP3 and BP4.",
    ),
)
