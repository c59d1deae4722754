"""The README's moving picture: the explorer's own page, stepped through neuron by neuron and photographed.

``python examples/moving_picture.py`` writes ``docs/backprop.gif``. It needs what the tests need, and Chromium.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from autograd.system.command_line import answer
from nn import MLP
from viz import Explorer, explore

OUT = Path(__file__).resolve().parent.parent / "docs" / "backprop.gif"
SIZE, WIDTH = {"width": 1180, "height": 620}, 940  # of the window, and of the picture, in pixels
STEP, REST = 900, 3500  # milliseconds: for one step, and for the last


def main() -> int:
    from PIL import Image
    from playwright.sync_api import sync_playwright

    model = MLP(2, [3, 1], activation="tanh", seed=0)
    page_of = explore(model, [0.5, -1.0], target=1.0, title="MLP 2-3-1, one sample")
    frames = []
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.html")
        page_of.save(path)
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce")
        page.goto(path.as_uri() + Explorer.fragment(at="layers.0.neurons.1", by="neuron"))
        page.wait_for_timeout(500)
        for step in range(int(page.get_attribute("#slider", "max") or 0) + 1):
            if step:
                page.click("#next")
                page.wait_for_timeout(100)
            photo = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            height = round(photo.height * WIDTH / photo.width)
            frames.append(photo.resize((WIDTH, height), Image.Resampling.LANCZOS))
        browser.close()
    palette = frames[-1].quantize(96)
    first, *others = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames)
    durations = [STEP] * len(others) + [REST]
    first.save(OUT, save_all=True, append_images=others, duration=durations, loop=0, optimize=True)
    print(f"{OUT}: {len(frames)} steps, {OUT.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(answer("moving_picture.py", main))
