"""Every picture and page that the project can make, on one page: what did a change do to them?

``make gallery`` writes them to ``docs/gallery`` and opens with ``index.html``. A new kind of picture is one more row of
:data:`ARTEFACTS`. The forms of all of them are kept in ``docs/gallery/structure.json``, which a test compares.
"""

from __future__ import annotations

import html
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from autograd import Value, parse
from autograd.system.command_line import answer
from autograd.system.files import make_folder, write_whole
from nn import MLP, Neuron, data, explain, fit, losses
from viz import (
    Recorder,
    draw,
    explore,
    playground,
    plot_activity,
    plot_decision_boundary,
    plot_gradient_flow,
    plot_loss,
    plot_training,
)

OUT = Path(__file__).resolve().parent.parent / "docs" / "gallery"
X, Y = data.moons(60, noise=0.1, seed=1337)


class Artefact(NamedTuple):
    """One picture or page.

    Attributes:
        name: of its file.
        caption: what makes it, as a user would write it.
        make: writes it to a path.
    """

    name: str
    caption: str
    make: Callable[[Path], Any]


def model() -> MLP:
    """The network of most pictures."""
    return MLP(2, [3, 1], activation="tanh", seed=0)


def trained() -> tuple[MLP, Any, Recorder]:
    """A network after a few epochs, its history, and what was recorded on the way."""
    net = MLP(2, [8, 1], activation="tanh", seed=0)
    recorder = Recorder(net, X, Y)
    history = fit(net, X, Y, epochs=30, learning_rate=0.05, callback=recorder, progress=False)
    return net, history, recorder


def backed(expression: str, **numbers: float) -> Value:
    """An expression after ``backward()``."""
    root = parse(expression, **numbers)
    root.backward()
    return root


def saved(plot: Any, path: Path) -> None:
    """Write what matplotlib has drawn."""
    import matplotlib.pyplot as plt

    figure = getattr(plot, "figure", plot)
    figure.savefig(path, format="svg", bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


def batch() -> Any:
    """A report over rows."""
    return explain(MLP(2, [6, 6, 1], "sigmoid", seed=0), X, targets=Y)


SAMPLE = [0.5, -1.0]
ARTEFACTS = [
    Artefact(
        "expression.svg", 'draw(parse("tanh(w*a_in + b)", w=0.7, a_in=-1.5, b=0.3))',
        lambda path: draw(backed("tanh(w*a_in + b)", w=0.7, a_in=-1.5, b=0.3), path=path),
    ),
    Artefact(
        "not-a-number.svg", 'draw(parse("log(x)*y", x=-1, y=2))',
        lambda path: draw(backed("log(x)*y", x=-1.0, y=2.0), path=path),
    ),
    Artefact(
        "neuron.svg", 'draw(Neuron(2, "tanh"), x, target=1.0)',
        lambda path: draw(Neuron(2, "tanh", seed=0), SAMPLE, target=1.0, path=path),
    ),
    Artefact(
        "values.svg", "draw(model, x, target=1.0)", lambda path: draw(model(), SAMPLE, target=1.0, path=path)
    ),
    Artefact(
        "neurons.svg", "draw(model, x, target=1.0, depth=1)",
        lambda path: draw(model(), SAMPLE, target=1.0, depth=1, path=path),
    ),
    Artefact(
        "focus.svg", 'draw(model, x, target=1.0, focus="layers.0.neurons.1")',
        lambda path: draw(model(), SAMPLE, target=1.0, focus="layers.0.neurons.1", path=path),
    ),
    Artefact(
        "wide.svg", "draw(MLP(2, [16, 16, 1]), x, target=1.0)",
        lambda path: draw(MLP(2, [16, 16, 1], "tanh", seed=0), SAMPLE, target=1.0, path=path),
    ),
    Artefact("network.svg", "draw(MLP(2, [8, 8, 1]))", lambda path: draw(MLP(2, [8, 8, 1], seed=0), path=path)),
    Artefact("boundary.svg", "plot_decision_boundary(model, X, y)",
             lambda path: saved(plot_decision_boundary(trained()[0], X, Y), path)),
    Artefact("loss.svg", "plot_loss(history)", lambda path: saved(plot_loss(trained()[1]), path)),
    Artefact("training.svg", "plot_training(recorder)", lambda path: saved(plot_training(trained()[2]), path)),
    Artefact("gradient-flow.svg", "plot_gradient_flow(report)", lambda path: saved(plot_gradient_flow(batch()), path)),
    Artefact("activity.svg", "plot_activity(report)", lambda path: saved(plot_activity(batch()), path)),
    Artefact("explorer.html", "explore(model, x, target=1.0)",
             lambda path: explore(model(), SAMPLE, target=1.0, path=path)),
    Artefact("explorer-batch.html", "explore(model, X, targets=y)",
             lambda path: explore(model(), X[:16], targets=Y[:16], path=path)),
    Artefact(
        "report.html", "explain(model, x, target=1.0).to_html(standalone=True)",
        lambda path: write_whole(
            path, explain(model(), SAMPLE, target=1.0, loss=losses.mse).to_html(standalone=True)
        ),
    ),
    Artefact("playground.html", "playground()", lambda path: playground(path=path)),
]  # fmt: skip


def structure(path: Path) -> dict[str, int]:
    """Return how often each kind of element occurs in a picture or a page: its form, without its numbers.

    Of a picture by Graphviz the classes of nodes and edges, of one by matplotlib the groups that have a name of their
    own, of a page the elements that do.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".svg":
        found = re.findall(r'<g id="[^"]*" class="([^"]+)"', text) or re.findall(
            r'<g id="(axes|legend|[A-Z]\w+)_\d+"', text
        )
        return dict(sorted(Counter(found).items()))
    markup = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    return dict(sorted(Counter(re.findall(r'<(\w+)[^>]*\bid="', markup)).items()))


def index(artefacts: list[Artefact]) -> str:
    """Return the page that shows them all."""
    parts = []
    for name, caption, _ in artefacts:
        shown = (
            f'<a href="{name}"><img src="{name}" alt="" loading="lazy"></a>' if name.endswith(".svg")
            else f'<iframe src="{name}" title="{name}" loading="lazy"></iframe>'
        )  # fmt: skip
        said = f'<a href="{name}">{name}</a> <code>{html.escape(caption)}</code>'
        parts.append(f"<figure><figcaption>{said}</figcaption>{shown}</figure>")
    return _INDEX.replace("@", "\n".join(parts))


_INDEX = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gallery</title>
<style>
:root { color-scheme: light dark; }
body { margin: 2rem auto; max-width: 1200px; padding: 0 1rem; font: 15px/1.5 system-ui, sans-serif; }
figure { margin: 0 0 3rem; }
figcaption { margin-bottom: .6rem; overflow-wrap: anywhere; }
img, iframe { width: 100%; border: 1px solid light-dark(#d5dae0, #3a444f); border-radius: 8px; background: white; }
img { max-height: 640px; object-fit: contain; padding: 8px; box-sizing: border-box; }
iframe { height: 680px; }
</style>
</head>
<body>
<h1>Every picture and page</h1>
@
</body>
</html>
"""


def main() -> int:
    make_folder(OUT)
    for name, _, make in ARTEFACTS:
        print(name, file=sys.stderr)
        make(OUT / name)
    write_whole(OUT / "index.html", index(ARTEFACTS))
    forms = {name: structure(OUT / name) for name, _, _ in ARTEFACTS}
    write_whole(OUT / "structure.json", json.dumps(forms, indent=1) + "\n")
    print(f"open {OUT / 'index.html'} to see them all")
    return 0


if __name__ == "__main__":
    sys.exit(answer("gallery.py", main))
