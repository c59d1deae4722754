"""What the playground says in words, in English and Chinese, side by side; formulas are the same in both."""

from __future__ import annotations

from nn.explanation.writing.wording import LANGUAGES, check, say

__all__ = ["all_texts", "texts"]

_KINDS = ("dead", "saturated", "starved", "vanishing", "exploding", "twins")

_TEXTS: dict[str, tuple[str, str]] = {
    # Above.
    "title": ("The glass playground", "玻璃游乐场"),
    "no_script": (
        "This page computes with JavaScript, which is switched off here.",
        "本页用 JavaScript 计算，而它在此已关闭。",
    ),
    "transport": ("Training", "训练"),
    "reset": ("Back to the start", "回到起点"),
    "play": ("Train", "开始训练"),
    "pause": ("Pause", "暂停"),
    "one_epoch": ("Epoch", "一轮"),
    "one_batch": ("Batch", "一批"),
    "one_sample": ("Sample", "一样本"),
    "one_edge": ("← Edge", "← 一边"),
    "undo": ("Undo", "撤销"),
    "step": ("step", "步"),
    "loss": ("loss", "损失"),
    "held_out": ("held out", "留出"),
    "accuracy": ("accuracy", "准确率"),
    "presets": ("Lessons", "课程"),
    "export": ("Export", "导出"),
    "save_python": ("The Python that repeats it", "重现它的 Python 代码"),
    "copy_link": ("Link with the whole state", "含全部状态的链接"),
    "link_ready": ("The address now holds the whole state.", "地址栏里已是完整状态。"),
    "link_bad": ("That link does not hold a whole state: nothing was changed.", "该链接不含完整状态：什么都没有改变。"),
    "language": ("中文 / English", "中文 / English"),
    "projector": ("Projector: large and clear", "投影模式：大字、高对比"),
    "theme": ("Light or dark", "浅色或深色"),
    "help": ("Keys and signs", "按键与图例"),
    "close": ("Close", "关闭"),
    "help_touch": (
        "Drag any number on a grey field, turn the wheel, use the arrow keys (finer with Shift), or type.",
        "灰底上的数都可以动：拖动、滚轮、方向键（按住 Shift 更细），或直接输入。",
    ),
    "help_click": (
        "Click a gradient, a line or a neuron to see where its gradient comes from.",
        "点梯度、连线或神经元，看它的梯度从何而来。",
    ),
    "help_colours": (
        "Orange is above 0, blue below. Classes have other colours, and shapes; hollow ones are held out of training.",
        "橙色大于 0，蓝色小于 0。类别用别的颜色和形状；空心点不参加训练。",
    ),
    "next_sample": ("Next sample", "下一个样本"),
    "film": ("Epoch", "轮次"),
    "film_play": ("Play the film", "播放"),
    "film_at": ("epoch {epoch} of {last}", "第 {epoch} 轮，共 {last} 轮"),
    # Choices.
    "settings": ("Choices", "设置"),
    "data": ("Data", "数据"),
    "data_set": ("set", "数据集"),
    "points": ("points", "点数"),
    "noise": ("noise", "噪声"),
    "data_seed": ("seed", "种子"),
    "open_csv": ("Open a CSV file…", "打开 CSV 文件…"),
    "csv_across": ("across", "横轴"),
    "csv_up": ("up", "纵轴"),
    "csv_class": ("class", "类别"),
    "csv_large": ("The file is larger than 5 MB.", "文件超过 5 MB。"),
    "csv_no_numbers": (
        "No column of this file holds numbers only: it needs a line of names, then rows.",
        "文件中没有一列全是数：需要一行列名，然后是数据行。",
    ),
    "csv_number": ("Line {row} has something that is no number.", "第 {row} 行有不是数的内容。"),
    "csv_one_class": (
        "{column} has one value only: choose a column with two or more classes.",
        "{column} 只有一个值：请选有两个以上类别的列。",
    ),
    "csv_many_classes": (
        "{column} has {count} different values; the page tells up to 10 classes apart.",
        "{column} 有 {count} 个不同的值；本页最多区分 10 类。",
    ),
    "csv_many_rows": ("{count} rows: the page takes up to 2000.", "共 {count} 行：本页最多 2000 行。"),
    "csv_read": ("Read {rows} rows of {classes} classes, standardised.", "读入 {rows} 行、{classes} 类，已标准化。"),
    "model": ("Model", "模型"),
    "add_layer": ("+ layer", "+ 层"),
    "remove_layer": ("− layer", "− 层"),
    "init": ("weights", "初始权重"),
    "seed": ("seed", "种子"),
    "biases": ("biases", "偏置"),
    "training": ("Training", "训练"),
    "optimizer": ("optimiser", "优化器"),
    "rate": ("rate", "学习率"),
    "batch": ("batch", "批大小"),
    "decay": ("L2", "L2"),
    # The network.
    "network": ("Network", "网络"),
    "edges_by": ("Lines by", "连线表示"),
    "weight": ("weight", "权重"),
    "gradient": ("gradient", "梯度"),
    "for_sample": ("· sample {sample}", "· 样本 {sample}"),
    "output": ("output", "输出"),
    "layer": ("layer {layer}", "第 {layer} 层"),
    "activation_of": ("Activation of layer {layer}", "第 {layer} 层的激活函数"),
    "fewer_neurons": ("One neuron fewer in layer {layer}", "第 {layer} 层减一个神经元"),
    "more_neurons": ("One neuron more in layer {layer}", "第 {layer} 层加一个神经元"),
    "constant_one": ("The constant 1: a bias is a weight on it", "常数 1：偏置就是它上面的权重"),
    "edge_of": ("backward, edge {step} of {count}", "反向，第 {step} 条边，共 {count} 条"),
    "nothing_passes": (
        "a factor is 0, so nothing passes: it stays {after}",
        "有一个因子为 0，什么也不传：仍为 {after}",
    ),
    # The answer.
    "plane": (
        "The plane of the inputs, with every point; arrow keys move the point in hand",
        "输入平面与全部点；方向键移动选中的点",
    ),
    "brush": ("What a click on the plane does", "点击平面时做什么"),
    "brush_select": ("Select and move points", "选择和移动点"),
    "brush_remove": ("Remove points", "删除点"),
    "brush_add": ("Add points of class {class}", "添加 {class} 类的点"),
    "brush_new": ("a new one", "新类"),
    "loss_curve": ("Loss, step by step", "损失曲线"),
    "learnt_from": ("learnt from", "训练"),
    "flow": ("Gradient that arrives, rms δ", "到达各层的梯度（δ 的均方根）"),
    "sample_is": ("Sample {sample}, class {class}", "样本 {sample}，类别 {class}"),
    # Details.
    "contribution": ("what the error asks of it", "误差对它的要求（贡献）"),
    "activity": ("how far it answers", "它能响应多少（活性）"),
    "delta": ("what reaches its parameters", "到达参数的部分"),
    "parameter": ("parameter", "参数"),
    "value": ("value", "数值"),
    "frozen": ("frozen", "冻结"),
    "freeze": ("Freeze {name}", "冻结 {name}"),
    "why_gradient": ("Where this gradient comes from", "这个梯度从何而来"),
    "why": ("Where it comes from:", "从何而来："),
    "mean_over_rows": ("mean over the rows", "各行平均"),
    "paths": ("Paths from the cost: {count}", "自代价而来的路径：{count} 条"),
    "paths_many": ("{count} paths lead here: too many to list.", "有 {count} 条路径通到这里，太多，不一一列出。"),
    "paths_rest": ("{count} more", "另外 {count} 条"),
    "batch_title": (
        "The next batch in matrices: {rows} rows through layer {layer}",
        "下一批的矩阵：{rows} 行经过第 {layer} 层",
    ),
    "batch_hint": (
        "One row a sample. The gradient of the mean is each sum below, divided by {rows}.",
        "一行一个样本。平均损失的梯度，就是下面各个和再除以 {rows}。",
    ),
    "matrix_a": ("inputs of the layer", "本层的输入"),
    "matrix_delta": ("δ of its neurons", "各神经元的 δ"),
    "matrix_weights": ("weights: Σ over rows of δ · a", "权重：逐行 δ · a 之和"),
    "matrix_biases": ("biases: Σ over rows of δ · 1", "偏置：逐行 δ · 1 之和"),
    # Diagnoses.
    "rate_high": ("Rate too high", "学习率过大"),
    "rate_high.why": (
        "The loss has risen far above its lowest: each step overshoots.",
        "损失远高于曾达到的最低值：每一步都跨过了头。",
    ),
    "remedy_rate": ("Back to the best, a tenth of the rate", "回到最好处，学习率降到十分之一"),
    "remedy_dead": ("Use leaky_relu", "改用 leaky_relu"),
    "remedy_saturated": ("Scale its weights down", "缩小它的权重"),
    "remedy_redraw": ("Draw the weights anew", "重新随机初始化"),
    "remedy_draw_data": ("Other data", "换数据"),
    "remedy_vanishing": ("Use relu with He weights", "改用 relu 与 He 初始化"),
    # Lessons, each with what is to be seen.
    "preset_bias": ("The bias stands on a constant 1", "偏置站在常数 1 上"),
    "claim_bias": (
        "Every input is 0. The first layer's weights get δ · 0 and stand still; the biases get δ · 1 and learn.",
        "输入全为 0。第一层的权重得到 δ · 0，一动不动；偏置得到 δ · 1，照样学习。",
    ),
    "preset_saturation": ("Saturation", "饱和"),
    "claim_saturation": (
        "z is about 6 on every row and the answer is wrong: the error is large, but σ′(z) lets 0.25 % of it through.",
        "每一行的 z 都约为 6，答案全错：误差很大，σ′(z) 却只放过 0.25 %。",
    ),
    "preset_pressure": ("A small output under great pressure", "小输出，大压力"),
    "claim_pressure": (
        "Neuron 0 of the first layer says almost nothing, yet large weights read it: its ∂C/∂a is the largest.",
        "第一层的 0 号神经元几乎不说话，但大权重在读它：它的 ∂C/∂a 最大。",
    ),
    "preset_symmetry": ("Equal weights never part", "相同的权重永不分开"),
    "claim_symmetry": (
        "Four neurons with equal weights get equal gradients, however long you train. Zero biases are not to blame.",
        "四个权重相同的神经元得到相同的梯度，训练多久都一样。怪不到为 0 的偏置。",
    ),
    "preset_relu": ("ReLU keeps σ′ = 1", "ReLU 保持 σ′ = 1"),
    "claim_relu": (
        "Through four layers of relu δ arrives as it left. Choose sigmoid for a layer, and see it shrink.",
        "穿过四层 relu，δ 原样到达。把某层换成 sigmoid，看它缩小。",
    ),
    "preset_batch": ("A batch is a sum", "一批就是一个和"),
    "claim_batch": (
        "The bias's gradient is Δᵀ1: the column of δ summed up. See the matrices below, one row a sample.",
        "偏置的梯度是 Δᵀ1：把 δ 那一列加起来。看下面的矩阵，一行一个样本。",
    ),
    "preset_unbiased": ("No biases at all", "一个偏置都没有"),
    "claim_unbiased": (
        "Without a bias the boundary goes through the origin, and these two clouds cannot be told apart.",
        "没有偏置，分界线必过原点，这两团点就分不开。打开偏置试试。",
    ),
    "preset_rate": ("Too high a rate", "学习率过大"),
    "claim_rate": (
        "Each step overshoots and the loss rises. The remedy goes back to the best weights.",
        "每一步都跨过了头，损失上升。点补救按钮，回到最好的权重。",
    ),
    "preset_xor": ("xor with two neurons", "两个神经元解 xor"),
    "claim_xor": (
        "Two neurons draw two lines; xor is what lies between. Press play.",
        "两个神经元画两条线，xor 就是中间那一带。按播放。",
    ),
}


def texts(lang: str) -> dict[str, str]:
    """Return every text of the page in one language, by name.

    Raises:
        UnknownNameError: no such language.

    >>> texts("zh")["gradient"]
    '梯度'
    """
    place = LANGUAGES.index(check(lang))
    found = {key: both[place] for key, both in _TEXTS.items()}
    for kind in _KINDS:  # as nn.diagnose says it; the numbers stand in the page already
        found |= {kind: say(kind, lang), f"{kind}.why": say(f"{kind}.why", lang, activity="…")}
    return found


def all_texts() -> dict[str, dict[str, str]]:
    """Return the texts in every language.

    >>> sorted(all_texts())
    ['en', 'zh']
    """
    return {lang: texts(lang) for lang in LANGUAGES}
