"""What the report says in words, in English and Chinese, side by side.

Formulas and numbers are the same in every language and stand elsewhere. A test holds both columns to the same fields.
"""

from __future__ import annotations

from typing import Any

from autograd.system.language import LANGUAGES, check

__all__ = ["LANGUAGES", "TEXTS", "check", "say"]

TEXTS: dict[str, tuple[str, str]] = {
    # The head.
    "title": ("Where every gradient comes from", "每个梯度从何而来"),
    "of_sample": ("C = {cost}: one sample, loss {loss}.", "C = {cost}：单个样本，损失函数 {loss}。"),
    "of_batch": (
        "C = {cost}: the mean cost of {rows} samples, loss {loss}.",
        "C = {cost}：{rows} 个样本代价的平均值，损失函数 {loss}。",
    ),
    "delta_in_words": (
        "how much this neuron contributes to the error, times how active it is",
        "该神经元对总误差的贡献 × 它此刻的活跃程度",
    ),
    "bias_in_words": ("the bias's own edge has the derivative 1", "偏置所在的边，导数恒为 1"),
    "weight_in_words": ("a weight's edge has the derivative a_in, its input", "权重所在的边，导数就是它的输入 a_in"),
    "bias_sum_in_words": ("the sum of δ over the rows", "对所有样本的 δ 求和"),
    "weight_sum_in_words": ("Δ: the δ of all rows, A: their inputs", "Δ 为各样本的 δ，A 为各样本的输入"),
    # Columns.
    "neuron": ("neuron", "神经元"),
    "row": ("row", "样本"),
    "next": ("next neuron", "下一层神经元"),
    "mean": ("mean", "平均"),
    "total": ("sum", "合计"),
    "others": ("{count} others", "其余 {count} 项"),
    "strongest": (
        "The {shown} of {count} neurons with the largest δ.",
        "共 {count} 个神经元，只列出 δ 最大的 {shown} 个。",
    ),
    "derivation": ("Step by step: {name}", "逐步推导：{name}"),
    "pressure": ("The pressure on it, term by term", "它承受的压力，逐项列出"),
    "one_neuron": (
        'For one neuron, step by step: print(report["{name}"])',
        '查看单个神经元的逐步推导：print(report["{name}"])',
    ),
    "not_reached": ("No sample reached: {names}.", "没有样本经过这些神经元：{names}。"),
    "frozen": (
        "Frozen: {names}. They have a gradient, but no training step changes them.",
        "已冻结：{names}。它们虽有梯度，训练却不会改动它们。",
    ),
    "elsewhere": (
        "{name} also receives {value} by another way than its neuron: it is shared, or the loss uses it directly.",
        "{name} 另有 {value} 的梯度不经过它的神经元：该参数被共享，或损失函数直接用到了它。",
    ),
    # The closing table.
    "in_short": ("In short", "小结"),
    "parameter": ("parameter", "参数"),
    "gradient": ("gradient", "梯度"),
    "meaning": ("what it means", "含义"),
    "means_bias": ("the error itself, whatever the input is", "就是误差本身，与输入无关"),
    "means_weight": (
        "error times input: an input of 0 teaches nothing",
        "误差乘以输入：输入为 0，就什么也学不到",
    ),
    "means_bias_sum": (
        "all rows together: where they disagree, it cancels",
        "所有样本的误差之和：方向相反的互相抵消",
    ),
    "means_weight_sum": (
        "the same, each row times its own input",
        "同样是求和，只是每个样本的误差先乘以它自己的输入",
    ),
    "means_input": ("the pressure on the layer before", "传给前一层的误差"),
    # Why a gradient is zero, for one sample.
    "odd": ("{name}: δ is not a finite number.", "{name}：δ 不是有限的数。"),
    "no_error": (
        "{name}: no error arrives, ∂C/∂a = 0; whatever it does, the cost would not change.",
        "{name}：没有误差传到这里，∂C/∂a = 0；无论它怎样变化，代价都不变。",
    ),
    "is_off": (
        "{name}: off at z = {z}, σ'(z) = 0; neither its weights nor its bias learn from this sample.",
        "{name}：在 z = {z} 处关闭，σ'(z) = 0；权重和偏置都不能从这个样本学习。",
    ),
    "is_saturated": (
        "{name}: saturated at z = {z}; σ'(z) lets only {activity} of the pressure through.",
        "{name}：在 z = {z} 处饱和；σ'(z) 只让误差的 {activity} 通过。",
    ),
    "no_input": (
        "{name}: all its inputs are 0; its weights get no gradient, its bias still gets δ.",
        "{name}：输入全为 0；权重得不到梯度，偏置仍得到 δ。",
    ),
    "no_input_unbiased": (
        "{name}: all its inputs are 0 and it has no bias; nothing in it gets a gradient.",
        "{name}：输入全为 0，又没有偏置；它什么梯度也得不到。",
    ),
    # Findings.
    "findings": ("Findings", "诊断"),
    "healthy": ("No findings.", "未发现问题。"),
    "comma": (", ", "、"),
    "and_more": ("{names} and {count} more", "{names} 等 {total} 个"),
    "finding": ("{title}: {summary}. {why} {remedy}", "{title}：{summary}。{why}{remedy}"),
    "finding_of": ("{title} ({names}): {summary}. {why} {remedy}", "{title}（{names}）：{summary}。{why}{remedy}"),
    "nan": ("Not a finite number", "出现非有限的数"),
    "nan.evidence": ("{what} = {value}, first in row {row}", "{what} = {value}，最先出现在第 {row} 行"),
    "nan.evidence_once": ("{what} = {value}", "{what} 的值为 {value}"),
    "nan.evidence_gradient": ("the gradient of {what} = {value}", "{what} 的梯度 = {value}"),
    "nan.why": (
        "The forward pass left the finite numbers here, and everything computed from it follows.",
        "前向计算从这里开始不再有限，由它算出的一切也随之失效。",
    ),
    "nan.why_backward": (
        "All numbers going forward are finite, but the derivative is not: a vertical tangent, or an overflow.",
        "前向的数都有限，但这里的局部导数不是：公式在此处切线竖直，或已经溢出。",
    ),
    "nan.remedy": (
        "Check the inputs; lower the learning rate or clip the gradient; detect_anomaly() names the source line.",
        "检查输入；降低学习率或裁剪梯度；用 detect_anomaly() 可定位到源代码行。",
    ),
    "dead": ("Dead", "死神经元"),
    "dead.evidence": (
        "σ'(z) = 0 on all {rows} rows for {count} of the layer's {size} neurons; z is at most {z_max}",
        "本层 {size} 个神经元中有 {count} 个在全部 {rows} 行上 σ'(z) = 0；z 最大为 {z_max}",
    ),
    "dead.why": (
        "Off on every row, δ = ∂C/∂a · 0: neither weights nor bias move, unless an earlier layer changes its inputs.",
        "在每一行上都关闭，δ = ∂C/∂a · 0：权重和偏置都不再更新，除非前面的层改变了它的输入。",
    ),
    "dead.remedy": (
        "A few cost capacity only; against many, lower the learning rate, start from He weights, or use leaky_relu.",
        "少数几个只是浪费容量；若有很多，请降低学习率、改用 He 初始化，或换成 leaky_relu。",
    ),
    "saturated": ("Saturated", "饱和"),
    "saturated.evidence": (
        "|σ'(z)| below {threshold} of its usual size on {share} of the rows; median |z| = {z_median}",
        "{share} 的行上 |σ'(z)| 不到正常值的 {threshold}；|z| 的中位数为 {z_median}",
    ),
    "saturated.why": (
        "Where σ is flat, δ = ∂C/∂a · σ'(z) is almost 0 however large the error: weights and bias freeze together.",
        "σ 平坦之处，误差再大，δ = ∂C/∂a · σ'(z) 也几乎为 0：权重和偏置一起冻结。",
    ),
    "saturated.remedy": (
        "Standardise the inputs, start from smaller weights, or use relu.",
        "把输入标准化，从更小的权重开始，或改用 relu。",
    ),
    "starved": ("Starved", "输入全为零"),
    "starved.evidence": ("all {inputs} inputs are 0 on all {rows} rows", "全部 {rows} 行上，{inputs} 个输入都为 0"),
    "starved.why": (
        "A weight's gradient is δ · a_in = δ · 0: the weights cannot learn; the bias, whose gradient is δ · 1, can.",
        "权重的梯度是 δ · a_in = δ · 0，无法学习；偏置的梯度是 δ · 1，仍能学习。",
    ),
    "starved.why_unbiased": (
        "A weight's gradient is δ · a_in = δ · 0, and without a bias nothing else is there to learn: it is stuck.",
        "权重的梯度是 δ · a_in = δ · 0，又没有偏置：这个神经元无法学习。",
    ),
    "starved.remedy": (
        "Look one layer back: are its neurons dead or all weights 0, or are these features always 0?",
        "检查前一层：是神经元全部失活、权重全为 0，还是这些特征本来就总是 0？",
    ),
    "vanishing": ("Vanishing gradient", "梯度消失"),
    "vanishing.evidence": (
        "rms δ falls from {last} in {last_layer} to {first} in {first_layer}: times {factor} a layer, {layers} layers",
        "δ 的均方根从 {last_layer} 的 {last} 降到 {first_layer} 的 {first}：每层约乘以 {factor}，共 {layers} 层",
    ),
    "vanishing.why": (
        "Each layer on the way back multiplies δ by w · σ'(z), whose second factor averages {activity}: δ shrinks.",
        "每往回一层，δ 都要乘以 w · σ'(z)；这里 |σ'(z)| 平均只有 {activity}，δ 层层缩小。",
    ),
    "vanishing.remedy": (
        "Use relu with He initialisation, or fewer layers.",
        "改用 relu 和 He 初始化，或减少层数。",
    ),
    "exploding": ("Exploding gradient", "梯度爆炸"),
    "exploding.evidence": (
        "rms δ grows from {last} in {last_layer} to {first} in {first_layer}: times {factor} a layer, {layers} layers",
        "δ 的均方根从 {last_layer} 的 {last} 涨到 {first_layer} 的 {first}：每层约乘以 {factor}，共 {layers} 层",
    ),
    "exploding.why": (
        "Each layer on the way back multiplies δ by w · σ'(z), and the weights are large enough to make it grow.",
        "每往回一层，δ 都要乘以 w · σ'(z)；权重太大，δ 层层放大。",
    ),
    "exploding.remedy": (
        "Start from smaller weights (Xavier or He), and clip the gradient: chain(clip(1.0), ...).",
        "从更小的权重（Xavier 或 He）开始，并裁剪梯度：chain(clip(1.0), ...)。",
    ),
    "twins": ("Twins", "孪生神经元"),
    "twins.evidence": (
        "equal weights, equal bias and equal δ on all {rows} rows",
        "权重、偏置相同，全部 {rows} 行上的 δ 也相同",
    ),
    "twins.why": (
        "Equal neurons get equal gradients, so they stay equal for ever and the layer is worth one of them.",
        "相同的神经元得到相同的梯度，于是永远相同：再多也只相当于一个。",
    ),
    "twins.remedy": (
        "Draw the weights at random (init=\"auto\"); only biases may all start at 0.",
        "随机初始化权重（init=\"auto\"）；可以全部从 0 开始的只有偏置。",
    ),
    "diverged": ("Training did harm", "训练适得其反"),
    "diverged.evidence": (
        "the loss was {start} before the first step and is {end} after {epochs} epochs",
        "第一步之前损失为 {start}，{epochs} 轮之后为 {end}",
    ),
    "diverged.why": (
        "Each step went so far that it passed the valley and climbed the other side.",
        "步长过大，每一步都越过谷底，升到了对面的坡上。",
    ),
    "diverged.remedy": (
        "Lower the learning rate, tenfold at first, or clip the gradient: chain(clip(1.0), ...).",
        "降低学习率，不妨先除以 10；或裁剪梯度：chain(clip(1.0), ...)。",
    ),
    "identifier": ("Numbers the rows", "只是行号"),
    "identifier.evidence": (
        "{column} has a different whole number in each of the {rows} rows",
        "{rows} 行中，{column} 的每个值都是互不相同的整数",
    ),
    "identifier.why": (
        "A number that only tells rows apart says nothing about new rows, yet the model has learnt from it.",
        "编号只用来区分各行，对新的数据毫无意义，模型却把它当作特征来学习。",
    ),
    "identifier.remedy": ("Leave the column out and train again.", "去掉这一列，重新训练。"),
    "unused": ("Unused input", "未被利用的输入"),
    "unused.evidence": (
        "{inputs}: standard deviation × rms ∂C/∂x = {influence}, against {largest} for the strongest input",
        "{inputs}：标准差 × ∂C/∂x 的均方根 = {influence}，而影响最大的输入为 {largest}",
    ),
    "unused.why": (
        "The cost does not answer to it: it never changes, or the weights that read it are 0.",
        "代价对它没有反应：它从不变化，或读取它的权重为 0。",
    ),
    "unused.remedy": (
        "Drop the column, or check that it was read and scaled as meant.",
        "去掉这一列，或检查它的读入和缩放是否正确。",
    ),
}  # fmt: skip


def say(key: str, lang: str, **fields: Any) -> str:
    """Return a text in a language, with its fields filled in.

    >>> say("total", "zh"), say("others", "en", count=3)
    ('合计', '3 others')
    """
    return TEXTS[key][LANGUAGES.index(check(lang))].format(**fields)
