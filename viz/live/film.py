"""``export_film``: a training as it went, as a page with a time slider or as a GIF."""

from __future__ import annotations

import base64
import io
import os
from typing import Any

import numpy as np

from autograd import DataError, OperandError
from autograd.system.files import writable, write_whole
from nn import MLP, Recording
from viz.live.playground import Playground, playground

__all__ = ["export_film"]

#: So many numbers are kept in a page, and so many pictures in a GIF; of longer films every nth epoch.
_NUMBERS, _PICTURES = 60_000, 60


def export_film(
    recording: Recording, path: str | os.PathLike[str], *, lang: str = "en", seconds: float = 6.0
) -> Playground | None:
    """Write the film of a training: a page with a time slider, or, where `path` ends in ``.gif``, pictures in a row.

    The page is a playground that begins with the film's first weights: stop it anywhere, touch any number, train on.
    Of a long training every nth epoch is kept, and the last.

    Args:
        recording: what ``fit(..., record=recording)`` has kept, of an MLP and classes.
        path: the file to write, ``.html`` or ``.gif``.
        lang: the language that the page begins in, ``"en"`` or ``"zh"``.
        seconds: how long a GIF takes.

    Returns:
        The page, which shows itself in Jupyter; None for a GIF.

    Raises:
        DataError: nothing was recorded.
        OperandError: the model is no MLP, or `path` ends otherwise.
        ImportError: a GIF needs matplotlib.
        OSError: `path` cannot be written.

    >>> from nn import data, fit
    >>> X, y = data.moons(20, noise=0.1, seed=0)
    >>> recording = Recording()
    >>> history = fit(MLP(2, [4, 1], "tanh", seed=0), X, y, epochs=3, record=recording)
    >>> import tempfile
    >>> export_film(recording, f"{tempfile.mkdtemp()}/film.html").title
    'The glass playground'
    """
    target = writable(path)
    if len(recording.epochs) < 2:
        raise DataError("nothing was recorded: train with it first, fit(model, X, y, record=recording)")
    if target.suffix.lower() == ".gif":
        write_whole(target, _gif(recording, seconds))
        return None
    if target.suffix.lower() != ".html":
        raise OperandError(f"a film is a page, .html, or a .gif; got the file name {target.name!r}")
    model = recording.model
    if type(model) is not MLP:
        raise OperandError(f"a film's page shows an MLP, got {type(model).__name__}; a .gif shows any classifier")
    frames = _chosen(recording, max(2, min(400, _NUMBERS // len(recording.parameters[0]))))
    numbers = np.array([recording.parameters[frame] for frame in frames], dtype="<f4")
    records = [recording.records[frame] for frame in frames]
    now = [parameter.data for _, parameter in model.named_parameters()]
    film = {
        "epochs": [recording.epochs[frame] for frame in frames],
        "losses": [record.get("loss") for record in records],
        "heldOut": [record.get("validation_loss") for record in records],
        "parameters": base64.b64encode(numbers.tobytes()).decode(),
    }
    page = playground(
        model, (recording.X, recording.y), path=None, lang=lang, loss=_loss_name(recording.loss), test_fraction=0.0,
        standardize=False, film=film,
    )  # fmt: skip
    assert now == [parameter.data for _, parameter in model.named_parameters()]
    write_whole(target, page.html)
    return page


def _loss_name(loss: Any) -> str:
    if not isinstance(loss, str):
        raise OperandError("a film's page computes the losses of nn.losses, by name; a .gif shows any")
    return loss


def _chosen(recording: Recording, most: int) -> list[int]:
    """The places of the frames that are kept: all, or evenly spread from the first to the last."""
    count = len(recording.epochs)
    return sorted({round(place) for place in np.linspace(0, count - 1, min(count, most))})


def _gif(recording: Recording, seconds: float) -> bytes:
    from PIL import Image

    from viz.plots import plot_decision_boundary
    from viz.plots.axes import new_axes

    model = recording.model
    assert model is not None
    parameters = [parameter for _, parameter in model.named_parameters()]
    now = [parameter.data for parameter in parameters]
    frames, pictures = _chosen(recording, _PICTURES), []
    try:
        for frame in frames:
            for parameter, number in zip(parameters, recording.parameters[frame].tolist(), strict=True):
                parameter.data = number
            axes = new_axes()
            plot_decision_boundary(model, recording.X, recording.y, grid_resolution=60, ax=axes)
            loss = recording.records[frame].get("loss")
            said = f"epoch {recording.epochs[frame]}" + (f"   loss {loss:.4g}" if loss is not None else "")
            axes.set_title(said, loc="right", fontsize=10)
            file = io.BytesIO()
            figure = axes.get_figure(root=True)
            assert figure is not None
            figure.savefig(file, format="png", dpi=90)
            pictures.append(Image.open(file).convert("P", palette=Image.Palette.ADAPTIVE))
    finally:
        for parameter, number in zip(parameters, now, strict=True):
            parameter.data = number
    file = io.BytesIO()
    wait = max(20, round(1000 * seconds / len(pictures)))
    times = [wait] * (len(pictures) - 1) + [max(wait, 1500)]
    pictures[0].save(file, format="GIF", save_all=True, append_images=pictures[1:], duration=times, loop=0)
    return file.getvalue()
