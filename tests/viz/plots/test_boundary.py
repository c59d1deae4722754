"""Decision boundaries: the line runs where the model is undecided, the rows are where they are, the words are right."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from autograd import LengthError, OperandError, UnknownNameError
from nn import MLP, Classifier, data
from viz import plot_decision_boundary
from viz.style import CLASSES, INK

X = np.array([[0.0, 0.0], [1.0, 2.0], [3.0, 1.0], [2.0, -1.0]])
y = np.array([0, 1, 1, 0])


def circle(points: Any) -> Any:
    return (points**2).sum(axis=1) - 1.0


def png(axes: Axes) -> bytes:
    buffer = io.BytesIO()
    axes.figure.savefig(buffer)
    return buffer.getvalue()


def boundary(axes: Axes) -> Any:
    """The points of the dark lines."""
    lines = [c for c in axes.collections if len(c.get_edgecolor()) and to_hex(c.get_edgecolor()[0]) == INK]
    return np.concatenate([path.vertices for line in lines for path in line.get_paths()])


def shade(axes: Axes, x: float, y: float) -> str:
    """The colour of the filled region at a point."""
    found = "#ffffff"
    for filled in axes.collections:
        for path, colour in zip(filled.get_paths(), filled.get_facecolor(), strict=False):
            if path.contains_point((x, y)):
                found = to_hex(colour)
    return found


@pytest.mark.parametrize("method", ["contourf", "contour"])
def test_the_line_is_where_the_score_is_0(method: str) -> None:
    axes = plot_decision_boundary(circle, [[-1.0, -1.0], [1.0, 1.0]], plot_method=method, grid_resolution=200)
    assert np.abs(np.hypot(*boundary(axes).T) - 1.0).max() < 1e-3
    assert png(axes).startswith(b"\x89PNG")


@pytest.mark.parametrize("method", ["contourf", "pcolormesh", "contour"])
@pytest.mark.parametrize("of_interest", [None, 1])
def test_every_method_draws(method: str, of_interest: int | None) -> None:
    axes = plot_decision_boundary(circle, X, y, plot_method=method, class_of_interest=of_interest)
    assert png(axes).startswith(b"\x89PNG")


def test_regions_have_the_colours_of_their_classes_deeper_where_the_model_is_surer() -> None:
    axes = plot_decision_boundary(lambda points: points[:, 0], [[-3.0, 0.0], [3.0, 0.0]])
    sure, unsure, other = shade(axes, 3.5, 0.0), shade(axes, 0.2, 0.0), shade(axes, -3.5, 0.0)
    assert len({sure, unsure, other}) == 3
    for colour, full in ((sure, CLASSES[1]), (unsure, CLASSES[1]), (other, CLASSES[0])):
        red, _, blue = bytes.fromhex(colour[1:])
        assert (red > blue) == (bytes.fromhex(full[1:])[0] > bytes.fromhex(full[1:])[2])
    assert sum(bytes.fromhex(sure[1:])) < sum(bytes.fromhex(unsure[1:]))


def test_a_mesh_has_one_colour_for_each_point() -> None:
    axes = plot_decision_boundary(circle, X, plot_method="pcolormesh", grid_resolution=10)
    (mesh,) = axes.collections
    assert np.asarray(mesh.get_array()).shape == (10, 10, 3)


def test_the_rows_are_on_it_by_class_with_shapes_of_their_own() -> None:
    axes = plot_decision_boundary(circle, X, y)
    points = {c.get_label(): c for c in axes.collections if c.get_label() in ("0", "1")}
    assert np.asarray(points["0"].get_offsets()).tolist() == X[y == 0].tolist()
    assert np.asarray(points["1"].get_offsets()).tolist() == X[y == 1].tolist()
    assert len({len(p.get_paths()[0].vertices) for p in points.values()}) == 2
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["0", "1"]


def test_without_labels_there_are_no_rows_and_no_legend() -> None:
    assert plot_decision_boundary(circle, X).get_legend() is None


def test_three_classes_of_a_trained_classifier() -> None:
    table, labels = data.blobs(90, centers=3, seed=0)
    names = np.array(["setosa", "versicolor", "virginica"])[labels]
    classifier = Classifier((8,), "tanh", epochs=20, learning_rate=0.05, progress=False).fit(table, names)
    axes = plot_decision_boundary(classifier, table, names)
    assert png(axes).startswith(b"\x89PNG")
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["setosa", "versicolor", "virginica"]
    on_line = boundary(axes)
    inside = on_line[(on_line > table.min(axis=0)).all(axis=1) & (on_line < table.max(axis=0)).all(axis=1)]
    probabilities = np.sort(classifier.predict_proba(inside), axis=1)
    assert np.median(probabilities[:, -1] - probabilities[:, -2]) < 0.05  # two classes are even there


def test_an_untrained_module_draws() -> None:
    assert png(plot_decision_boundary(MLP(2, [4, 3], activation="tanh", seed=0), X, [0, 1, 2, 0])).startswith(
        b"\x89PNG"
    )


def test_a_model_that_gives_one_class_everywhere_draws() -> None:
    assert png(plot_decision_boundary(lambda points: np.ones(len(points)), X, y)).startswith(b"\x89PNG")
    assert png(plot_decision_boundary(lambda points: np.zeros(len(points)), X, y)).startswith(b"\x89PNG")


def test_features_beyond_two_are_held_at_their_mean_and_the_title_says_so() -> None:
    seen: list[Any] = []

    def model(points: Any) -> Any:
        seen.append(points)
        return points[:, 3]

    table = np.arange(12.0).reshape(3, 4)
    axes = plot_decision_boundary(model, table, features=(3, 1), feature_names=["a", "b", "c", "d"])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("d", "b")
    assert axes.get_title(loc="left") == "others at their mean: a 4, c 6"
    assert set(seen[0][:, 0]) == {4.0}
    assert set(seen[0][:, 2]) == {6.0}


def test_names_come_from_the_arguments_the_model_or_the_column_numbers() -> None:
    class Named:
        feature_names_in_ = np.array(["width", "height"])
        predict = staticmethod(lambda points: (points[:, 0] > 0).astype(int))

    assert plot_decision_boundary(Named(), X).get_xlabel() == "width"
    assert plot_decision_boundary(Named(), X, feature_names=["u", "v"]).get_xlabel() == "u"
    assert plot_decision_boundary(Named(), X, xlabel="X", ylabel="Y").get_ylabel() == "Y"
    assert plot_decision_boundary(circle, X).get_xlabel() == "x0"


def test_class_names_stand_for_sorted_labels() -> None:
    legend = plot_decision_boundary(circle, X, np.where(y == 1, 1.0, -1.0), class_names=["outer", "inner"]).get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["outer", "inner"]


def test_a_colour_map_shows_one_class() -> None:
    axes = plot_decision_boundary(circle, X, y, class_of_interest=0, cmap="viridis", plot_method="pcolormesh")
    mesh = axes.collections[0]
    assert mesh.get_cmap().name == "viridis"
    shown = np.asarray(mesh.get_array())
    assert shown.min() >= 0.0
    assert shown.max() <= 1.0


def test_options_reach_matplotlib() -> None:
    axes = plot_decision_boundary(circle, X, plot_method="contour", linewidths=3.0)
    assert axes.collections[0].get_linewidth() == [3.0]


def test_it_draws_on_the_axes_it_is_given() -> None:
    axes = Figure().subplots()
    assert plot_decision_boundary(circle, X, ax=axes) is axes


def test_a_data_frame_stays_one_for_the_model() -> None:
    class Frame:
        """As much of a data frame as is asked for."""

        def __init__(self, values: Any, columns: list[str]) -> None:
            self.values, self.columns = np.asarray(values), columns

        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return self.values if dtype is None else self.values.astype(dtype)

        def __len__(self) -> int:
            return len(self.values)

    seen: list[Any] = []

    def model(frame: Any) -> Any:
        seen.append(frame)
        return frame.values[:, 0]

    axes = plot_decision_boundary(model, Frame(X, ["length", "width"]), y)
    assert isinstance(seen[0], Frame)
    assert axes.get_xlabel() == "length"


@pytest.mark.parametrize("name", ["$$", "US$_in_$k", "$0-$50", "_no", r"\frac{1}{0}$", "100 % of x^2_3$", "中文"])
def test_names_are_written_as_they_are(name: str) -> None:
    """``$`` begins no mathematics, and a name that begins with an underscore is not left out of the legend."""
    table = np.column_stack([X, X[:, 0]])
    axes = plot_decision_boundary(
        lambda points: points[:, 0], table, y, class_names=[name, "b"], feature_names=[name, "y" + name, "z" + name]
    )
    png(axes)  # matplotlib parses mathematics when it draws
    legend = axes.get_legend()
    assert legend is not None
    titles = [axes.xaxis.label, axes.yaxis.label, axes._left_title, *legend.get_texts()[:1]]
    assert [text.get_text() for text in titles] == [name, "y" + name, f"others at their mean: z{name} 1.5", name]
    assert not any(text.get_parse_math() for text in titles)


def test_many_classes_share_no_look() -> None:
    count = 24
    table = np.column_stack([np.arange(count), np.zeros(count)])
    axes = plot_decision_boundary(lambda points: np.eye(count)[points[:, 0].astype(int) % count], table, range(count))
    marks = [c for c in axes.collections if c.get_label().isdigit()]
    assert len(marks) == count
    assert len({(to_hex(c.get_facecolor()[0]), c.get_paths()[0].vertices.tobytes()) for c in marks}) == count


@pytest.mark.parametrize(("columns", "length"), [(30, 20), (3, 300), (300, 3), (5, 9)])
def test_nothing_runs_off_the_picture(columns: int, length: int) -> None:
    table = np.column_stack([X] + [X[:, 0]] * (columns - 2))
    names = [f"{index}{'w' * length}" for index in range(columns)]
    kinds = ["W" * length, "M" * length]
    axes = plot_decision_boundary(lambda points: points[:, 0], table, y, feature_names=names, class_names=kinds)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    legend = axes.get_legend()
    assert legend is not None
    for part in (axes.xaxis.label, axes.yaxis.label, axes._left_title, *legend.get_texts()):
        box = part.get_window_extent()
        assert box.x0 >= 0.0, part
        assert box.x1 <= figure.bbox.x1, part
        assert box.y1 <= figure.bbox.y1, part


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"y": [0, 1]}, LengthError, r"X has 4 rows but y has the shape \(2,\)"),
        ({"plot_method": "contours"}, UnknownNameError, "did you mean 'contour'"),
        ({"response_method": "logits"}, UnknownNameError, "unknown response_method"),
        ({"class_of_interest": 7, "y": y}, UnknownNameError, "unknown class_of_interest 7; known: 0, 1"),
        ({"cmap": "viridis"}, OperandError, "class_of_interest="),
        ({"feature_names": ["a"]}, LengthError, "feature_names has 1 names for 2"),
        ({"class_names": ["a", "b", "c"], "y": y}, LengthError, "class_names has 3 names for 2"),
        ({"features": (0, 5)}, OperandError, "out of 0 to 1"),
    ],
)
def test_wrong_arguments_are_refused(arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        plot_decision_boundary(circle, X, **arguments)


def test_held_out_rows_are_hollow_and_within_the_plane() -> None:
    others = np.array([[9.0, 9.0], [-5.0, 0.0]]), np.array([1, 0])
    axes = plot_decision_boundary(circle, X, y, held_out=others)
    hollow = [c for c in axes.collections if len(c.get_facecolor()) and to_hex(c.get_facecolor()[0]) == "#ffffff"]
    assert [np.asarray(c.get_offsets()).tolist() for c in hollow] == [[[-5.0, 0.0]], [[9.0, 9.0]]]
    assert [to_hex(c.get_edgecolor()[0]) for c in hollow] == list(CLASSES[:2])
    assert axes.get_xlim() == (-6.0, 10.0)
    assert any("held out" in text.get_text() for text in axes.texts)
    png(axes)


@pytest.mark.parametrize(
    ("held_out", "error", "message"),
    [
        (X, OperandError, r"held_out is a pair \(X, y\)"),
        ((X[:, :1], y), LengthError, "give the same columns"),
        ((X, y[:2]), LengthError, "give one label per row"),
    ],
)
def test_held_out_rows_are_checked(held_out: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        plot_decision_boundary(circle, X, y, held_out=held_out)
