"""What the explorer says in words, in English and Chinese, side by side; formulas and numbers are the same in both."""

from __future__ import annotations

from nn.explanation.writing.wording import LANGUAGES, TEXTS, check

__all__ = ["texts"]

_TEXTS: dict[str, tuple[str, str]] = {
    # The page.
    "graph": ("Computation graph", "计算图"),
    "details": ("Details", "详情"),
    "search": ("Search", "查找"),
    "matches": ("Matches", "查找结果"),
    "no_match": ("No value has that name.", "没有这个名称的值。"),
    "more": ("… {count} more: type further", "… 还有 {count} 个：请继续输入"),
    "theme": ("Light or dark", "浅色或深色"),
    "help": ("Keys and signs", "按键与图例"),
    "close": ("Close", "关闭"),
    "view": ("View", "视图"),
    "fit": ("Fit", "适应窗口"),
    "zoom_in": ("Zoom in", "放大"),
    "zoom_out": ("Zoom out", "缩小"),
    "fold_all": ("Fold", "折叠"),
    "unfold_all": ("Unfold", "展开"),
    # The steps.
    "steps": ("Step", "步骤"),
    "step_of": ("step {step} of {count}", "第 {step} 步，共 {count} 步"),
    "first": ("First step", "第一步"),
    "previous": ("Step back", "上一步"),
    "play": ("Play", "播放"),
    "pause": ("Pause", "暂停"),
    "next": ("Step on", "下一步"),
    "last": ("Last step", "最后一步"),
    "speed": ("Speed", "速度"),
    "stride": ("One step is", "每一步为"),
    "by_value": ("a value", "一个值"),
    "by_neuron": ("a neuron", "一个神经元"),
    "by_layer": ("a layer", "一层"),
    "by_row": ("a row", "一行"),
    "row": ("Row", "行"),
    "row_of": ("row {row} of {count}", "第 {row} 行，共 {count} 行"),
    "all_rows": ("all {count} rows, summed", "全部 {count} 行之和"),
    "no_rows": ("No row has been through yet.", "尚无任何一行经过。"),
    "row_adds": ("its gradients are added to those of the rows before it", "它的梯度加到此前各行的梯度上"),
    "over_rows": ("the sum over {count} rows", "{count} 行之和"),
    "rows_meet": ("the rows come together, each with its share", "各行在此汇合，各占一份"),
    "strongest_rows": (
        "The strongest {shown} of {count} rows; Σδ is over all.",
        "δ 最大的 {shown} 行，共 {count} 行；Σδ 为全部之和。",
    ),
    "sums_why": (
        "Over a batch the bias gets Σδ, and the weights ΔᵀA: each row's δ times its input, summed.",
        "对一批数据，偏置得到 Σδ，权重得到 ΔᵀA：每行的 δ 乘以该行输入，再求和。",
    ),
    "paths_of_row": ("Choose one row to see the paths.", "选择一行即可查看路径。"),
    "no_gradients_yet": (
        "No gradient has flowed back yet. The numbers here and in the drawing are those of the present step.",
        "还没有梯度流回。此处与图中的数值均为当前这一步的数值。",
    ),
    "inputs": ("inputs", "输入"),
    "part": ("{count} values", "{count} 个值"),
    "how_often": ("how often", "次数"),
    "forward": ("Forward", "前向"),
    "backward": ("Backward", "反向"),
    "start": ("The leaves have their numbers; nothing is computed yet.", "叶子已有数值，其余尚未计算。"),
    "only_leaf": (
        "A leaf: nothing was computed, there is nothing to step through.",
        "这是一片叶子：没有计算，也没有步骤。",
    ),
    "seed": (
        "the derivative of {name} with respect to itself: from here on, back",
        "{name} 对自身的导数：由此开始往回走",
    ),
    "passes": ("{before} + {passed} = {after}", "{before} + {passed} = {after}"),
    "nothing": ("a factor is 0, so nothing passes: it stays {after}", "有一个因子为 0，什么也不传：仍为 {after}"),
    # One value.
    "hint": (
        "Select a value to see where its gradient comes from. Step on with the arrow keys, or press play.",
        "点选一个值，看它的梯度从何而来。用方向键逐步前进，或按播放。",
    ),
    "gradients": ("The largest gradients", "最大的梯度"),
    "data": ("data", "数值"),
    "grad": ("grad", "梯度"),
    "so_far": ("so far", "目前"),
    "mean": ("mean of the rows", "各行平均"),
    "not_yet": ("not yet computed", "尚未计算"),
    "operation": ("operation", "运算"),
    "leaf": ("leaf", "叶子"),
    "parameter": ("parameter", "参数"),
    "constant": ("constant", "常数"),
    "interior": ("computed", "中间值"),
    "output": ("output", "输出"),
    "neuron": ("neuron", "神经元"),
    "layer": ("layer", "层"),
    "neurons": ("{count} neurons", "{count} 个神经元"),
    "values": ("{count} values", "{count} 个值"),
    "computed_from": ("Computed from", "由何算出"),
    "used_in": ("Used in", "用于何处"),
    "member_of": ("In the neuron", "所属神经元"),
    "local_derivative": ("local derivative", "局部导数"),
    "no_flow": ("a constant: nothing flows back to it", "常数：没有梯度流回它"),
    "fold": ("Fold", "折叠"),
    "unfold": ("Unfold", "展开"),
    "unpin": ("Let go", "取消选中"),
    # Its paths.
    "paths": ("The paths of its gradient, strongest first", "梯度的各条路径，由强到弱"),
    "paths_why": (
        "Each path back from {root} gives the product of the derivatives on its edges; their sum is the gradient.",
        "从 {root} 往回的每条路径，贡献为沿途导数之积；全部相加便是梯度。",
    ),
    "no_path": ("{root} does not depend on it.", "{root} 不依赖于它。"),
    "more_paths": ("{count} more", "其余 {count} 条"),
    "sum": ("sum", "合计"),
    # Its neuron.
    "delta_title": ("Why this neuron learns", "这个神经元为何学习"),
    "contribution": ("how much this neuron contributes to the total error", "该神经元对总误差的贡献"),
    "activity": ("how active it is now", "它此刻的活跃程度"),
    "delta": ("its error δ", "它的误差 δ"),
    "step_by_step": ("Step by step", "逐步推导"),
    "what_learns": ("What its parameters get", "参数得到的梯度"),
    "pressure": ("Where ∂C/∂a comes from", "∂C/∂a 从何而来"),
    "next_neuron": ("next neuron", "下一层神经元"),
    "use": ("Use {number}", "第 {number} 次使用"),
    # Help.
    "keys_step": ("step back, step on", "上一步，下一步"),
    "keys_ends": ("first, last step", "第一步，最后一步"),
    "keys_play": ("play, pause", "播放，暂停"),
    "keys_walk": ("walk from value to value", "逐个查看各值"),
    "keys_pin": ("select the value", "选中该值"),
    "keys_fold": ("fold, unfold its neuron or layer", "折叠、展开所属神经元或层"),
    "keys_search": ("search", "查找"),
    "keys_zoom": ("zoom in, zoom out, fit", "放大，缩小，适应窗口"),
    "keys_free": ("let go of what is selected", "取消选中"),
    "keys_help": ("this page of help", "本帮助"),
    "mouse": (
        "Drag to pan, scroll or pinch to zoom. Point at a value for its numbers, select it to keep them.",
        "拖动平移，滚轮或双指缩放。指向一个值可看数值，点选则保持显示。",
    ),
    "sign_positive": ("gradient above 0", "梯度大于 0"),
    "sign_negative": ("gradient below 0", "梯度小于 0"),
    "sign_strength": ("the stronger the colour, the larger it is", "颜色越浓，绝对值越大"),
    "no_script": ("This page needs JavaScript, which is off.", "本页需要 JavaScript，但它被关闭了。"),
}  # fmt: skip


#: What the δ report says of a neuron whose δ is 0, or nearly.
_REMARKS = ("odd", "no_error", "is_off", "is_saturated", "no_input", "no_input_unbiased")


def texts(lang: str) -> dict[str, str]:
    """Return every text in a language.

    Raises:
        UnknownNameError: no such language.

    >>> texts("en")["play"], texts("zh")["play"]
    ('Play', '播放')
    """
    column = LANGUAGES.index(check(lang))
    remarks = {key: TEXTS[key] for key in _REMARKS}
    return {key: both[column] for key, both in {**_TEXTS, **remarks}.items()}
