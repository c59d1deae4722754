"""The explorer's page for large graphs: its size, when a browser first shows them, and how long a step takes.

``python benchmarks/explorer.py`` where Playwright and Chromium are installed. A chain, and sums and products of
neighbours, of 100,000 values, which begin folded; a batch of 1,000 rows; and a mesh of 400 values, drawn whole.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograd import Value
from autograd import sum as summed
from nn import MLP, data
from viz import Explorer, explore

VALUES, ROUNDS = 100_000, 3

STEPS = """async () => {
  const times = [];
  for (let step = 0; step < 40; step++) {
    const start = performance.now();
    document.getElementById("previous").click();
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
  }
  return times;
}"""
#: Milliseconds from opening the file until the drawing was on the screen.
WATCH = """new MutationObserver((_, watch) => {
  if (!document.querySelector("[data-key]")) return;
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => (window.painted = performance.now())));
}).observe(document, { childList: true, subtree: true });"""


def chain(count: int) -> Value:
    value = Value(0.5, label="x")
    for place in range(count - 1):
        value = value.tanh() if place % 2 else value * 1.01
    return value


def mesh(count: int) -> Value:
    rng = random.Random(0)
    values = [Value(rng.uniform(-1.0, 1.0), label=f"x{i}") for i in range(count // 100)]
    while len(values) < count - 1:
        a, b = rng.choices(values[-count // 80 :], k=2)
        values.append(rng.choice((a + b, a * b, a - b)))
    return summed(values[-count // 200 :])


def batch() -> Explorer:
    X, y = data.moons(1000, noise=0.1, seed=1337)
    return explore(MLP(2, [16, 1], activation="tanh", seed=0), X, targets=y)


def main() -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        print("not measured: this needs Chromium, and pip install playwright")
        return
    print(f"{'graph':28} {'written in':>10} {'size':>9} {'cards':>6} {'on the screen':>14} {'a step':>8}   medians")
    print(f"{'reach':28} {'':10} {'':9} {'':6} {'<= 2000 ms':>14} {'<= 50 ms':>8}")
    pages: list[tuple[str, Callable[[], Explorer]]] = [
        (f"a chain of {VALUES:,}", lambda: explore(chain(VALUES))),
        (f"a mesh of {VALUES:,}", lambda: explore(mesh(VALUES))),
        ("1,000 rows of two moons", batch),
        ("a mesh of 400, unfolded", lambda: explore(mesh(400))),
    ]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, make in pages:
            start = time.perf_counter()
            explorer = make()
            seconds = time.perf_counter() - start
            path = Path(folder, "page.html")
            explorer.save(path)
            row(browser, name, seconds, path)
        browser.close()


def row(browser: Any, name: str, seconds: float, path: Path) -> None:
    paints, steps = [], []
    cards = 0
    for _ in range(ROUNDS):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(WATCH)
        page.goto(path.as_uri())
        while not (painted := page.evaluate("window.painted ?? 0")):
            page.wait_for_timeout(20)
        paints.append(painted)
        page.click("#last")
        steps += page.evaluate(STEPS)
        cards = page.locator("[data-key]").count()
        page.close()
    size, paint, step = path.stat().st_size / 1e6, statistics.median(paints), statistics.median(steps)
    print(f"{name:28} {seconds:8.1f} s {size:6.2f} MB {cards:6,} {paint:11.0f} ms {step:5.0f} ms", flush=True)


if __name__ == "__main__":
    sys.exit(main())
