"""What the page of a training says in words, in English and Chinese, side by side."""

from __future__ import annotations

from typing import Any

from autograd.system.language import LANGUAGES, check

__all__ = ["say"]

_TEXTS: dict[str, tuple[str, str]] = {
    "title": ("glassgrad report", "glassgrad 训练报告"),
    "lead": (
        "Networks trained one scalar at a time, and the numbers that backpropagation left behind.",
        "逐个标量训练出来的网络，以及反向传播留下的数值。",
    ),
    # In the terminal.
    "summary": (
        "{name}: {rows} rows learnt from in {epochs} epochs ({ended}); {score_words} on {held} held-out rows {score}",
        "{name}：用 {rows} 行训练 {epochs} 轮（{ended}）；在 {held} 行留出样本上的{score_words}为 {score}",
    ),
    "see": ("see {page}", "请看 {page}"),
    "finished": ("finished", "已完成"),
    "stopped early": ("stopped early", "提前停止"),
    "interrupted": ("interrupted", "被中断"),
    "accuracy": ("accuracy", "准确率"),
    "r2": ("R²", "决定系数 R²"),
    # Facts.
    "fact_score": ("{words} on held-out rows", "留出样本上的{words}"),
    "fact_rows": ("rows", "样本"),
    "rows": (
        "{learnt} learnt from, {held} held out and never seen",
        "{learnt} 行用于训练，{held} 行留出、从未见过",
    ),
    "rows_validated": (
        "{learnt} learnt from, {validated} to choose the epoch by, {held} held out and never seen",
        "{learnt} 行用于训练，{validated} 行用于选择轮次，{held} 行留出、从未见过",
    ),
    "fact_cost": ("mean cost", "平均代价"),
    "cost": ("{train} on the rows learnt from, {held} on those held out", "训练样本上 {train}，留出样本上 {held}"),
    "cost_validated": (
        "{train} on the rows learnt from, {validated} on those that chose the epoch, {held} on those held out",
        "训练样本上 {train}，选择轮次的样本上 {validated}，留出样本上 {held}",
    ),
    "fact_epochs": ("epochs", "轮次"),
    "epochs": (
        "{epochs} ({ended}); the weights are those of epoch {best}",
        "{epochs}（{ended}）；权重取自第 {best} 轮",
    ),
    "epochs_last": ("{epochs} ({ended})", "{epochs}（{ended}）"),
    "fact_classes": ("classes", "类别"),
    "fact_target": ("target", "目标"),
    "target": ("{name}, a number", "{name}，数值"),
    "fact_model": ("model", "模型"),
    "model": ("{shape}, {count} parameters", "{shape}，{count} 个参数"),
    "findings": ("Findings", "诊断"),
    # Pictures.
    "boundary_alt": ("Decision boundary over the rows of {name}", "{name} 的决策边界与样本"),
    "boundary": (
        "What the classifier decides where. Filled marks: rows it learnt from; hollow ones: rows held out.",
        "分类器在各处的判断。实心标记是训练样本，空心标记是留出样本。",
    ),
    "fit_alt": ("What the model predicts for the rows of {name}", "模型对 {name} 各行的预测"),
    "fit_curve": (
        "What the model predicts, as a curve. Filled marks: rows it learnt from; hollow ones: rows held out.",
        "曲线是模型的预测。实心标记是训练样本，空心标记是留出样本。",
    ),
    "fit_truth": (
        "Predictions against the truth; on the dotted line they are equal. Hollow marks: rows held out.",
        "预测值与真实值；落在虚线上即二者相等。空心标记是留出样本。",
    ),
    "loss_alt": ("Loss by epoch", "各轮损失"),
    "loss": (
        "The mean cost after every epoch on the rows learnt from.",
        "每轮之后，训练样本上的平均代价。",
    ),
    "loss_validated": (
        (
            "The mean cost after every epoch: on the rows learnt from, and on {validated} validation rows, by which "
            "the best epoch was chosen; the rows held out took no part."
        ),
        "每轮之后的平均代价：训练样本上的，以及 {validated} 行验证样本上的；最佳轮次由后者选出，留出样本没有参与。",
    ),
    # One neuron.
    "neuron_title": ("One neuron, after", "一个神经元："),
    "neuron_after": ("", "之后"),
    "neuron": (
        (
            "Of the {held} held-out rows, whose mean cost is {mean}, this one costs most: C = {cost} ({row}). There "
            "the neuron {neuron} (σ is {function}) has the largest error δ of the first layer: how much it contributes "
            "to the total error, times how active it is now."
        ),
        (
            "{held} 行留出样本的平均代价为 {mean}，其中代价最大的是这一行：C = {cost}（{row}）。在这一行上，第一层中"
            "误差 δ 最大的神经元是 {neuron}（σ 为 {function}）。δ 等于它对总误差的贡献乘以它此刻的活跃程度。"
        ),
    ),
    "row_class": (
        "{columns}; its class is {truth}, the model says {answer}",
        "{columns}；类别为 {truth}，模型判为 {answer}",
    ),
    "row_number": (
        "{columns}; {target} is {truth}, the model says {answer}",
        "{columns}；{target} 为 {truth}，模型给出 {answer}",
    ),
    "gradients": (
        "Each weight's gradient is δ times its input; the bias's is δ · 1 = {bias}, whatever the input.",
        "每个权重的梯度是 δ 乘以它的输入；偏置的梯度是 δ · 1 = {bias}，与输入无关。",
    ),
    "no_bias": ("Each weight's gradient is δ times its input.", "每个权重的梯度是 δ 乘以它的输入。"),
    "graph_alt": (
        "Computation graph of {neuron} with data, gradients and local derivatives",
        "{neuron} 的计算图，含数值、梯度和局部导数",
    ),
    "after": ("{neuron} after C.backward()", "C.backward() 之后的 {neuron}"),
    # Links.
    "explore": ("Step through this graph", "逐步浏览这幅计算图"),
    "explore_why": (", forward and backward, edge by edge", "：前向、反向，一条边一条边地看"),
    "play": ("Touch the model", "亲手调整这个模型"),
    "play_why": (": change any weight, and see what follows", "：改动任何一个权重，看它带来的变化"),
    "report": ("Every gradient of this row", "这一行上的每个梯度"),
    "report_why": (", neuron by neuron", "：逐个神经元列出"),
    "saved": ("The trained model", "训练好的模型"),
    "use": (": in Python, or in the terminal", "：在 Python 中，或在终端里使用"),
}  # fmt: skip


def say(key: str, lang: str, **fields: Any) -> str:
    """Return a text in a language, with its fields filled in.

    >>> say("see", "zh", page="out/index.html")
    '请看 out/index.html'
    """
    return _TEXTS[key][LANGUAGES.index(check(lang))].format(**fields)
