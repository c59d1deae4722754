"""What a classifier says of the points of a grid, in one form whatever its kind: by how much each class wins.

Probabilities, scores, logits and bare labels all become *margins*, in logits: class k's margin is 0 on its boundary
and log(p / (1 - p)) where it has probability p against the next best class. Evaluated with arrays, never with graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd import LengthError, OperandError, UnknownNameError

__all__ = ["RESPONSES", "Grid", "classes_of", "make_grid", "margins", "respond"]

Array = np.ndarray[Any, np.dtype[Any]]

#: What a model may be asked; ``"auto"`` takes the first that it has.
RESPONSES = ("auto", "decision_function", "predict_proba", "outputs", "predict", "call")

_CERTAIN = 40.0  # logits: the margin of a model that gives labels only, and of probabilities 0 and 1


@dataclass(frozen=True)
class Grid:
    """Points on the plane of two features, the others held at their mean.

    Attributes:
        xs, ys: (n,) values of the two features.
        points: (n * n, features), row by row from the smallest y.
        held: the value of every other feature, by its column.
    """

    xs: Array
    ys: Array
    points: Any
    held: dict[int, float]


def make_grid(X: Any, features: Sequence[int], resolution: int, eps: float, more: Any = None) -> Grid:
    """Return the grid that covers two columns of X, and `eps` more on every side.

    Args:
        X: (rows, features) finite numbers, or a data frame of them.
        features: the two columns to vary.
        resolution: points in each direction.
        eps: in the units of the features.
        more: (any, features) rows that it covers too.

    Raises:
        OperandError, LengthError: an argument is of the wrong kind or shape.

    >>> grid = make_grid([[0.0, 0.0, 5.0], [2.0, 1.0, 7.0]], (0, 1), 3, 1.0)
    >>> grid.xs.tolist(), grid.points.shape, grid.held
    ([-1.0, 1.0, 3.0], (9, 3), {2: 6.0})
    """
    table = _table(X)
    if isinstance(resolution, bool) or not isinstance(resolution, int | np.integer) or resolution < 2:
        raise OperandError(f"grid_resolution must be a whole number of at least 2, got {resolution!r}")
    if not isinstance(eps, int | float | np.number) or not 0.0 <= eps < np.inf:
        raise OperandError(f"eps must be a distance of at least 0, got {eps!r}")
    count = table.shape[1]
    chosen = list(features) if isinstance(features, Sequence | np.ndarray) else [features]
    if len(chosen) != 2 or chosen[0] == chosen[1] or not all(_is_column(column, count) for column in chosen):
        raise OperandError(f"features must be two different columns out of 0 to {count - 1}, got {features!r}")
    first, second = map(int, chosen)
    whole = table if more is None else np.vstack([table, _table(more)])
    low, high = whole.min(axis=0) - eps, whole.max(axis=0) + eps
    xs, ys = (np.linspace(low[column], high[column], resolution) for column in (first, second))
    points = np.tile(table.mean(axis=0), (resolution * resolution, 1))
    points[:, first], points[:, second] = (plane.ravel() for plane in np.meshgrid(xs, ys))
    held = {column: float(points[0, column]) for column in range(count) if column not in (first, second)}
    if hasattr(X, "columns"):  # a model that was trained with column names expects them again
        return Grid(xs, ys, type(X)(points, columns=X.columns), held)
    return Grid(xs, ys, points, held)


def respond(model: Any, points: Any, method: str = "auto") -> tuple[str, Array]:
    """Ask `model` about `points`; return which of :data:`RESPONSES` it was, and the answer, (n,) or (n, classes).

    Raises:
        UnknownNameError: there is no such method.
        OperandError: the model does not have it, or answers with something else than numbers.
        LengthError: not one answer per point.

    >>> respond(lambda X: X[:, 0] - X[:, 1], np.array([[3.0, 1.0]]))
    ('call', array([2.]))
    """
    if method not in RESPONSES:
        raise UnknownNameError("response_method", method, RESPONSES)
    names = RESPONSES[1:] if method == "auto" else (method,)
    for name in names:
        ask = model if name == "call" else getattr(model, name, None)
        if callable(ask):
            return name, _answer(name, ask, points)
    wanted = "decision_function, predict_proba, outputs or predict" if method == "auto" else method
    raise OperandError(f"the model must have {wanted}, or be a function of an array; got {type(model).__name__}")


def _answer(name: str, ask: Callable[[Any], Any], points: Any) -> Array:
    answer = np.asarray(ask(points))
    if name == "predict":
        answer = answer.ravel()
    elif answer.dtype.kind not in "fiub":
        raise OperandError(f"{name} gave {answer.dtype} where numbers were expected: it must take and give arrays")
    elif answer.ndim == 2 and answer.shape[1] == 1:
        answer = answer[:, 0]
    if answer.ndim not in (1, 2) or len(answer) != len(points):
        raise LengthError(
            f"{name} gave shape {answer.shape} for {len(points)} rows: expected ({len(points)},) scores, or one column "
            "per class"
        )
    if answer.dtype.kind == "f" and np.isnan(answer).any():
        raise OperandError(f"{name} gave nan, {int(np.isnan(answer).sum())} times among {answer.size} numbers")
    return answer


def classes_of(model: Any, y: Array | None, method: str, answer: Array) -> list[Any]:
    """Return the classes in the order of the model's answers: its own, else those in `y`, else 0, 1, ...

    Raises:
        LengthError: the answers have not one column per class.
        OperandError: a label in `y` is none of the model's classes.
    """
    found = [] if y is None else np.unique(y).tolist()
    known = getattr(model, "classes_", None)
    if method == "predict":
        return sorted({*found, *np.unique(answer).tolist()} if known is None else np.asarray(known).tolist())
    count = answer.shape[1] if answer.ndim == 2 else 2
    classes = found if known is None else np.asarray(known).tolist()
    if len(classes) < count and known is None:  # not every class has a row: labels that count the outputs still tell
        classes = list(range(count))
    if len(classes) != count:
        raise LengthError(
            f"{method} tells {count} classes apart, but there are {len(classes)}: {str(classes)[:60]}; "
            'response_method="predict" may fit'
        )
    for label in found:
        if label not in classes:
            raise OperandError(f"y has the label {label!r}, but the model's classes are {str(classes)[:60]}")
    return list(classes)


def margins(method: str, answer: Array, classes: Sequence[Any]) -> Array:
    """Return by how much each class wins over the best of the others, in logits: (classes, n).

    >>> margins("decision_function", np.array([2.0, -1.0]), ["a", "b"]).tolist()
    [[-2.0, 1.0], [2.0, -1.0]]
    """
    if method == "predict":
        scores = np.array([answer == label for label in classes]) * _CERTAIN
    elif answer.ndim == 1 and method == "predict_proba":
        scores = _logs(np.array([1.0 - answer, answer]))
    elif answer.ndim == 1:
        scores = np.array([np.zeros_like(answer, dtype=float), answer])
    else:
        scores = _logs(answer.T) if method == "predict_proba" else answer.T.astype(float)
    if len(scores) == 1:  # a model that knows one class only
        return np.full(scores.shape, _CERTAIN)
    others = [np.delete(scores, k, axis=0).max(axis=0) for k in range(len(scores))]
    return np.asarray(scores - np.array(others))


def _logs(probabilities: Array) -> Array:
    return np.asarray(np.log(np.maximum(probabilities, np.exp(-_CERTAIN))))


def _is_column(column: Any, count: int) -> bool:
    return isinstance(column, int | np.integer) and not isinstance(column, bool) and 0 <= int(column) < count


def _table(X: Any) -> Array:
    if np.ma.is_masked(X):
        raise OperandError("X is a masked array with numbers masked out: fill them, X.filled(0.0), or drop such rows")
    try:
        table = np.asarray(X, dtype=float)
    except (TypeError, ValueError) as error:
        raise OperandError(f"X must be rows of numbers, all of one length: {error}") from None
    if table.ndim != 2 or len(table) == 0 or table.shape[1] < 2:
        raise LengthError(f"X must have the shape (rows, features) with two features at least, got {table.shape}")
    if not np.isfinite(table).all():
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise OperandError(f"X has {table[row, column]} in row {row}, column {column}: fill in or drop such rows first")
    return table
