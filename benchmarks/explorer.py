"""The explorer's page for a graph of 1,000 nodes: its size, when a browser first shows it, and how long a step takes.

``python benchmarks/explorer.py`` where Playwright and Chromium are installed. Three graphs, of which none folds: a
chain, sums and products of neighbours, and the same summed up at the end, which crosses everything.
"""

from __future__ import annotations

import random
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from autograd import Value
from autograd import sum as summed
from viz import explore

NODES, ROUNDS = 1_000, 7

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
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


def chain() -> Value:
    value = Value(0.5, label="x")
    for place in range((NODES - 1) // 2):
        value = value * 1.01 if place % 2 else value.tanh()
        value = value + 0.1 if place % 3 else value.sin()
    return value


def mesh(ends: int) -> Value:
    rng = random.Random(0)
    values = [Value(rng.uniform(-1.0, 1.0), label=f"x{i}") for i in range(100)]
    while len(values) < NODES - 1:
        a, b = rng.choices(values[-120:], k=2)
        values.append(rng.choice((a + b, a * b, a - b)))
    return summed(values[-ends:])


def main() -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        print("not measured: this needs Chromium, and pip install playwright")
        return
    print(f"{'graph':24} {'nodes':>6} {'size':>9} {'first paint':>12} {'step, with its frame':>21}   medians")
    print(f"{'reach':24} {NODES:6,} {'<= 1.5 MB':>9} {'<= 1000 ms':>12} {'<= 50 ms':>21}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, root in (("chain", chain()), ("mesh", mesh(60)), ("mesh, all summed", mesh(NODES - 101))):
            row(browser, name, root, Path(folder, "page.html"))
        browser.close()


def row(browser: Any, name: str, root: Value, path: Path) -> None:
    explore(root, path=path)
    paints, steps = [], []
    nodes = 0
    for _ in range(ROUNDS):
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(path.as_uri())
        page.wait_for_selector("[data-key]", state="attached")
        steps += page.evaluate(STEPS)
        paints.append(page.evaluate(PAINT))
        nodes = page.locator("[data-key]").count()
        page.close()
    size, paint, step = path.stat().st_size / 1e6, statistics.median(paints), statistics.median(steps)
    print(f"{name:24} {nodes:6,} {size:6.2f} MB {paint:9.0f} ms {step:18.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
