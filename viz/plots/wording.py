"""What the plots say in words, in English and in Chinese: the English words themselves are the keys."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from autograd.system.language import check
from viz.plots.axes import chinese_font

__all__ = ["speaker"]

_CHINESE = {
    # Axes and curves of training.
    "epoch": "轮次",
    "epoch {epoch}": "第 {epoch} 轮",
    "training": "训练",
    "validation": "验证",
    "loss": "损失",
    "accuracy": "准确率",
    "r2": "R²",
    "best {value}, epoch {epoch}": "最佳 {value}，第 {epoch} 轮",
    "gradients of weights": "权重的梯度",
    "gradients of biases": "偏置的梯度",
    "size over all rows": "全部样本上的大小",
    # Boundaries and fits.
    "others at their mean: {columns}": "其余各列取平均值：{columns}",
    "the {count} other columns at their mean": "其余 {count} 列取平均值",
    "learnt from": "训练样本",
    "held out": "留出样本",
    "model": "模型",
    "{name}, as the model says": "{name}（模型给出）",
    # Reports.
    "row": "样本",
    "layer": "层",
    "σ'(z) as a share of its usual size: dark learns nothing": "σ'(z) 与其正常值之比：颜色越深，学到的越少",
    "|δ| by layer: how much of the error arrives": "各层的 |δ|：有多少误差传到这里",
    "{share} are 0": "{share} 为 0",
    "{share} are not finite": "{share} 不是有限数",
    # Lessons.
    "step": "步数",
    "cost": "代价",
    "with biases": "有偏置",
    "without biases": "无偏置",
    "weights": "权重",
    "biases": "偏置",
    "gradients of the hidden layer": "隐藏层的梯度",
    "cost, step by step": "代价随步数的变化",
    "squared error of the answer": "输出的平方误差",
    "z = 6, cross-entropy": "z = 6，交叉熵",
    "random weights": "权重随机",
    "equal weights": "权重相同",
    "equal": "相同",
    "random": "随机",
    "zero": "全零",
    "δ of every row": "各样本的 δ",
    "rows, sorted": "样本（按 δ 排序）",
    "class {label}": "类别 {label}",
    "their running sum": "累加和",
    "rows added": "已累加的样本数",
    "∂C/∂a: the pressure in every layer": "∂C/∂a：各层承受的压力",
    "layer {place}": "第 {place} 层",
    "output": "输出",
    "w·δ: terms of the sum": "w·δ：求和的各项",
    "next layer's neurons": "下一层的神经元",
    "rms δ by layer": "各层 δ 的均方根",
}


def speaker(lang: str) -> Callable[..., str]:
    """Return a function that says an English text in a language, its fields filled in.

    Where no installed font has Chinese it says so, in a warning, and speaks English.

    Raises:
        UnknownNameError: no such language.

    >>> speaker("en")("epoch {epoch}", epoch=3)
    'epoch 3'
    """
    chinese = check(lang) == "zh"
    if chinese and not chinese_font():
        chinese = False
        warnings.warn(
            "no installed font has Chinese, so the words in pictures are English: install Noto Sans CJK", stacklevel=3
        )

    def say(words: str, **fields: Any) -> str:
        return (_CHINESE[words] if chinese else words).format(**fields)

    return say
