"""The playground in Chromium: training updates drawn a second, the wait after a number is dragged, xor to 100 %.

``python benchmarks/playground.py`` where Playwright and Chromium are installed. The page is that of 2-16-16-1 with 200
points, 150 of them to learn from; an update is one epoch of training with everything on the page drawn anew.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import viz
from nn import MLP

ROUNDS = 5

#: Updates within two seconds of playing, a second.
PLAYED = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const steps = () => glassgrad.state().step;
  document.getElementById("play").click();
  await frame(); await frame();
  const [from, start] = [steps(), performance.now()];
  while (performance.now() - start < 2000) await frame();
  const taken = (steps() - from) / Math.ceil(150 / 16);
  const seconds = (performance.now() - start) / 1000;
  document.getElementById("play").click();
  return taken / seconds;
}"""
#: From each move of a number until its frame has been drawn.
SCRUBBED = """async () => {
  const number = document.querySelector("#neuron .parameters .scrub");
  number.focus();
  const times = [];
  for (let i = 0; i < 60; i++) {
    const start = performance.now();
    const key = i % 20 < 10 ? "ArrowUp" : "ArrowDown";
    number.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    times.push(performance.now() - start);
  }
  return times;
}"""
#: Seconds from pressing play until every row is right.
SOLVED = """async () => {
  const start = performance.now();
  document.getElementById("play").click();
  while (performance.now() - start < 10000 && glassgrad.state().accuracy < 1) {
    await new Promise((done) => setTimeout(done, 20));
  }
  return (performance.now() - start) / 1000;
}"""


def main() -> None:
    program = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        print("not measured: this needs Chromium, and pip install playwright")
        return
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        moons, xor = Path(folder, "moons.html"), Path(folder, "xor.html")
        viz.playground(MLP(2, [16, 16, 1], "tanh", seed=0), "moons", path=moons)
        viz.playground(None, "xor", path=xor)
        played, scrubbed, solved = [], [], []
        for _ in range(ROUNDS):
            played.append(measured(browser, moons, PLAYED))
            scrubbed += measured(browser, moons, SCRUBBED)
            solved.append(measured(browser, xor, SOLVED))
        browser.close()
        size = moons.stat().st_size / 1000
    p95 = statistics.quantiles(scrubbed, n=20)[-1]
    print(f"{'playground':44} {'measured':>12} {'reach':>12}")
    print(f"{'updates drawn a second, 2-16-16-1, median':44} {statistics.median(played):12.1f} {'>= 30':>12}")
    print(f"{'a number moved until drawn, p95':44} {p95:9.1f} ms {'<= 32 ms':>12}")
    print(f"{'the same, median':44} {statistics.median(scrubbed):9.1f} ms")
    print(f"{'xor to 100 % after play, worst of ' + str(ROUNDS):44} {max(solved):10.2f} s {'<= 3 s':>12}")
    print(f"{'size of the file':44} {size:9.0f} kB {'<= 400 kB':>12}")


def measured(browser: Any, path: Path, script: str) -> Any:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(path.as_uri())
    page.wait_for_selector("#network .neuron")
    found = page.evaluate(script)
    page.close()
    return found


if __name__ == "__main__":
    sys.exit(main())
