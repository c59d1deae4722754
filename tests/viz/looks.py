"""How a page looks in a real browser: on a phone and two desktops, light and dark, nothing is cut or hard to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WIDTHS, THEMES = (390, 1440, 1920), ("light", "dark")

#: Texts with less than 4.5 : 1 against what is behind them, and texts that run out of the window or out of their box.
FAULTS = """() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    pen.clearRect(0, 0, 1, 1); pen.fillStyle = "#000"; pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (above, below) => [0, 1, 2].map((i) => above[i] * above[3] + below[i] * (1 - above[3])).concat(1);
  const bright = (colour) => {
    const part = (x) => ((x /= 255) <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(colour[0]) + 0.7152 * part(colour[1]) + 0.0722 * part(colour[2]);
  };
  const dark = matchMedia("(prefers-color-scheme: dark)").matches &&
    getComputedStyle(document.documentElement).colorScheme.includes("dark");
  const behind = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.push(rgba(getComputedStyle(each).backgroundColor));
    return layers.reverse().reduce((below, above) => over(above, below), dark ? [18, 18, 18, 1] : [255, 255, 255, 1]);
  };
  const faults = [];
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].filter((node) => node.nodeType === 3);
    const words = own.map((node) => node.data).join("").trim();
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    if (!words || !box.width || !box.height || style.visibility === "hidden") continue;
    if (element.closest("svg, style, script, template")) continue;
    const ground = behind(element);
    let opacity = 1;
    for (let each = element; each; each = each.parentElement) opacity *= Number(getComputedStyle(each).opacity);
    const colour = rgba(style.color);
    const shown = over([...colour.slice(0, 3), colour[3] * opacity], ground);
    const [less, more] = [bright(shown), bright(ground)].sort((a, b) => a - b);
    const ratio = (more + 0.05) / (less + 0.05);
    if (ratio < 4.5) faults.push(`${ratio.toFixed(2)} : 1 for "${words.slice(0, 40)}"`);
    if (box.left < -1 || box.right > innerWidth + 1) faults.push(`cut off: "${words.slice(0, 40)}"`);
  }
  for (const image of document.images) {
    const box = image.getBoundingClientRect();
    if (!image.complete || !image.naturalWidth) faults.push(`no picture: ${image.alt}`);
    if (box.width && (box.left < -1 || box.right > innerWidth + 1)) faults.push(`picture cut off: ${image.alt}`);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) faults.push("the page scrolls sideways");
  return faults;
}"""


def faults(browser: Any, path: Path) -> list[str]:
    """What is wrong with a page at any width, in any theme, and whatever it said in the console."""
    context = browser.new_context()
    page = context.new_page()
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda asked: found.append(asked.url) if not asked.url.startswith(("file:", "data:")) else 0)
    try:
        page.goto(path.as_uri())
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                found += [f"{width} {theme}: {fault}" for fault in page.evaluate(FAULTS)]
        return found
    finally:
        context.close()


def ground(browser: Any, path: Path, theme: str) -> str:
    """The colour of the page in a theme."""
    context = browser.new_context(color_scheme=theme)
    page = context.new_page()
    page.goto(path.as_uri())
    found: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    context.close()
    return found
