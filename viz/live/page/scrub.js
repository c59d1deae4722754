// A number that can be touched: dragged, turned with the wheel, moved with the keyboard, or typed.
import { exact, written } from "../engine/numbers.js";
import { make, write } from "./dom.js";

/**
 * @typedef {{
 *   label: string, get: () => number, set: (x: number) => void, begin?: () => void, click?: () => void, step?: number,
 *   low?: number, high?: number, whole?: boolean, ratio?: boolean,
 * }} Touch how a number is read and set; `ratio`: by factors, as a learning rate is; `whole`: by whole numbers
 */

/** Pixels of dragging that are worth one step. */
const PIXELS = 4;

/** @param {Touch} touch */
export function scrub(touch) {
  const { label, low = -Infinity, high = Infinity, whole = false, ratio = false } = touch;
  const step = touch.step ?? (whole ? 1 : 0.02);
  const element = make("span", {
    class: "scrub",
    role: "spinbutton",
    tabindex: 0,
    "aria-label": label,
    title: label,
    "aria-valuemin": Number.isFinite(low) ? low : null,
    "aria-valuemax": Number.isFinite(high) ? high : null,
  });

  const refresh = () => {
    const x = touch.get();
    write(element, written(x));
    element.setAttribute("aria-valuenow", Number.isFinite(x) ? String(x) : "0");
    element.setAttribute("aria-valuetext", written(x));
  };
  const put = (/** @type {number} */ x) => {
    if (Number.isNaN(x)) return;
    touch.set(Math.min(high, Math.max(low, whole ? Math.round(x) : x)));
    refresh();
  };
  const moved = (/** @type {number} */ from, /** @type {number} */ count, fine = 1) => {
    if (ratio) return Number((from * 1.05 ** (count * fine)).toPrecision(4));
    return Number((from + count * step * (whole ? 1 : fine)).toPrecision(12));
  };

  /** @type {{x: number, from: number, isMoved: boolean} | null} */ let drag = null;
  element.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    if (event.button !== 0 || element.querySelector("input")) return;
    drag = { x: event.clientX, from: touch.get(), isMoved: false };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (!drag) return;
    const count = Math.trunc((event.clientX - drag.x) / PIXELS);
    if (count === 0 && !drag.isMoved) return;
    if (!drag.isMoved) touch.begin?.();
    drag.isMoved = true;
    put(moved(drag.from, count, event.shiftKey ? 0.1 : 1));
  });
  const release = () => {
    if (drag && !drag.isMoved) touch.click?.();
    drag = null;
  };
  element.addEventListener("pointerup", release);
  element.addEventListener("pointercancel", () => (drag = null));
  element.addEventListener(
    "wheel",
    (/** @type {WheelEvent} */ event) => {
      if (document.activeElement !== element && !event.altKey && !element.matches(":hover")) return;
      event.preventDefault();
      touch.begin?.();
      put(moved(touch.get(), event.deltaY < 0 ? 1 : -1, event.shiftKey ? 0.1 : 1));
    },
    { passive: false },
  );
  element.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (element.querySelector("input")) return;
    const count = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
    if (count) {
      touch.begin?.();
      put(moved(touch.get(), count, event.shiftKey ? 0.1 : 1));
    } else if (event.key === "Enter" || event.key === "F2") type();
    else if (/^[-+.\d]$/.test(event.key)) type(event.key);
    else if (event.key === " ") touch.click?.();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener("dblclick", () => type());

  const type = (start = "") => {
    const input = make("input", {
      type: "text",
      inputmode: "decimal",
      "aria-label": label,
      size: 8,
      spellcheck: "false",
      autocomplete: "off",
    });
    input.value = start || exact(touch.get()).replaceAll("−", "-");
    element.replaceChildren(input);
    input.focus();
    if (!start) input.select();
    let isDone = false;
    const finish = (/** @type {boolean} */ isTaken, isKept = true) => {
      if (isDone) return;
      isDone = true;
      const x = Number(input.value.trim().replaceAll("−", "-").replace(",", "."));
      const isGood = isTaken && input.value.trim() !== "" && Number.isFinite(x);
      element.replaceChildren();
      if (isGood) {
        touch.begin?.();
        put(x);
      } else refresh();
      if (isKept) element.focus();
    };
    input.addEventListener("blur", () => finish(true, false));
    input.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      event.stopPropagation();
      if (event.key === "Enter") finish(true);
      else if (event.key === "Escape") finish(false);
    });
    for (const name of ["pointerdown", "dblclick"])
      input.addEventListener(name, (/** @type {Event} */ event) => event.stopPropagation());
  };

  refresh();
  return { element, refresh: () => element.querySelector("input") || refresh() };
}
