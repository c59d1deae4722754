"""``Classifier`` and ``Regressor`` against scikit-learn's MLPs: held-out scores, and time to the same training loss.

``make bench``, or ``python benchmarks/estimators.py --seeds 5`` for more than a glance. Same widths on both sides.
Scores are those of what each does unless told otherwise, on standardised columns. Times are ratios, the peer's to
ours: the peer trains its number of epochs; ours is timed over the epochs that it needs to reach the peer's loss,
penalties off on both sides, once with the peer's settings and once with each side's own. The ratios to reach are 3,
and 1 for a whole process with its imports.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from _timing import compare
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from nn import Classifier, Regressor

SETS: dict[str, tuple[Callable[..., Any], tuple[int, ...]]] = {
    "iris": (load_iris, (16, 16)),
    "wine": (load_wine, (16, 16)),
    "breast cancer": (load_breast_cancer, (16, 16)),
    "digits": (load_digits, (32,)),
}
_COLD = (
    "import time, numpy as np; found = np.load({file!r}); X, y = found['X'], found['y']; "
    "start = time.perf_counter(); {work}; print(time.perf_counter() - start)"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--seeds",
        type=int,
        default=1,
        help="times five folds, for the scores; 0 leaves them out (default: %(default)s)",
    )
    parser.add_argument("--epochs", type=int, default=60, help="of the peer, for the times (default: %(default)s)")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message="Stochastic Optimizer")
    if options.seeds:
        scores(options.seeds)
    times(options.epochs)


def scores(seeds: int) -> None:
    print(f"{f'held-out, 5 folds x {seeds} seeds':32} {'glassgrad':>20} {'scikit-learn':>20}")
    for name, (load, hidden) in SETS.items():
        X, y = load(return_X_y=True)
        found = []
        for seed in range(seeds):
            for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
                pair = Classifier(hidden, seed=seed, progress=False), peer(MLPClassifier(hidden, random_state=seed))
                for estimator in pair:
                    estimator.fit(X[train], y[train])
                found.append([(e.score(X[test], y[test]), log_loss(y[test], e.predict_proba(X[test]))) for e in pair])
        (own, own_loss), (other, other_loss) = np.mean(found, axis=0)
        print(
            f"{f'{name} {hidden}, accuracy, log loss':32} {own:11.3f} {own_loss:8.3f} {other:11.3f} {other_loss:8.3f}"
        )
    X, y = load_diabetes(return_X_y=True)
    found = []
    for seed in range(seeds):
        for train, test in KFold(5, shuffle=True, random_state=seed).split(X):
            pair = (
                Regressor(seed=seed, progress=False),
                peer(MLPRegressor(hidden_layer_sizes=(16, 16), random_state=seed)),
            )
            found.append([estimator.fit(X[train], y[train]).score(X[test], y[test]) for estimator in pair])
    own, other = np.mean(found, axis=0)
    print(f"{'diabetes (16, 16), R2':32} {own:11.3f} {'':8} {other:11.3f}")


def times(epochs: int) -> None:
    print(f"\n{'fit to the same training loss':32} {'loss':>8} {'glassgrad':>12} {'scikit-learn':>14} {'ratio':>7}")
    for name, (load, hidden) in SETS.items():
        X, y = load(return_X_y=True)
        Z = StandardScaler().fit_transform(X)
        same = {"batch_size": 32, "learning_rate": 0.01}
        for title, settings, theirs in (
            ("same settings", same, MLPClassifier(hidden, max_iter=epochs, batch_size=32, learning_rate_init=0.01)),
            ("each its own", {}, MLPClassifier(hidden)),
        ):
            theirs.set_params(alpha=0.0, random_state=0, n_iter_no_change=10**6)
            loss = log_loss(y, theirs.fit(Z, y).predict_proba(Z))
            ours = Classifier(hidden, weight_decay=0.0, progress=False, **settings)
            curve = np.minimum.accumulate(ours.set_params(epochs=4 * epochs).fit(X, y).loss_curve_)
            reached = int(np.searchsorted(-curve, -loss)) + 1
            ours.set_params(epochs=min(reached, 4 * epochs))
            own, other, ratio = compare(lambda: ours.fit(X, y), lambda: theirs.fit(Z, y), repeat=1, pairs=5)  # noqa: B023
            late = " (not reached)" if reached > 4 * epochs else ""
            print(f"{f'{name}, {title}':32} {loss:8.4f} {own:10.3f} s {other:12.3f} s {ratio:6.1f}x{late}")
    cold(epochs)


def cold(epochs: int) -> None:
    """Time the first fit of a process, with the imports that it needs."""
    import tempfile
    from pathlib import Path

    X, y = load_iris(return_X_y=True)
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder, "iris.npz"))
        np.savez(file, X=X, y=y)
        ours = f"from nn import Classifier; Classifier(epochs={epochs}, progress=False).fit(X, y)"
        theirs = (
            "import warnings; warnings.simplefilter('ignore'); from sklearn.neural_network import MLPClassifier; "
            "from sklearn.preprocessing import StandardScaler; "
            f"MLPClassifier((16, 16), batch_size=32, max_iter={epochs}).fit(StandardScaler().fit_transform(X), y)"
        )
        found = [[_seconds(file, work) for work in (ours, theirs)] for _ in range(3)]
    own, other = np.median(found, axis=0)
    print(f"{'iris, a process with its imports':32} {'':8} {own:10.3f} s {other:12.3f} s {other / own:6.1f}x")


def _seconds(file: str, work: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _COLD.format(file=file, work=work)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def peer(estimator: Any) -> Any:
    return make_pipeline(StandardScaler(), estimator)


if __name__ == "__main__":
    main()
