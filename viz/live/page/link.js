// The whole state in the part of the address after #, and back; what does not fit together is refused.
import { LOSSES } from "../engine/losses.js";
import { Session } from "./session.js";
import { DATASETS, generate } from "./datasets.js";
import { DATA, language } from "./data.js";

/** @typedef {import("./session.js").Plan} Plan */

/** @param {Uint8Array} bytes */
const toBase64 = (bytes) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
/** @param {string} text */
const fromBase64 = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
/** @param {ArrayLike<number>} numbers */
const packed = (numbers) => toBase64(new Uint8Array(Float64Array.from(numbers).buffer));
/** @param {string} text */
const unpacked = (text) => [...new Float64Array(fromBase64(text).buffer)];

/** Whether points are those of a generated set as it comes. @param {Plan} plan */
function isGenerated({ data, points }) {
  if (!points || !(data.set in DATASETS)) return !points;
  const { X, y } = generate(data.set, data.count, data.noise, data.seed);
  return (
    X.length === points.X.length &&
    X.every((row, i) => y[i] === points.y[i] && row.every((x, j) => x === points.X[i][j]))
  );
}

/** @param {Plan} plan */
export function encode(plan) {
  const { points, parameters, states, orders } = plan;
  const short = {
    ...plan,
    points:
      points && !isGenerated(plan)
        ? {
            d: points.X[0]?.length ?? 2,
            X: packed(points.X.flat()),
            y: points.y,
            held: points.held.flatMap((is, i) => (is ? [i] : [])),
          }
        : null,
    parameters: parameters && packed(parameters),
    states: states.map(packed),
    orders: orders && JSON.stringify(orders) === JSON.stringify(DATA.plan.orders) ? "page" : orders,
  };
  return toBase64(new TextEncoder().encode(JSON.stringify(short)));
}

/** @param {string} text @returns {Plan} */
export function decode(text) {
  const found = JSON.parse(new TextDecoder().decode(fromBase64(text)));
  const { points } = found;
  if (points) {
    const X = unpacked(points.X);
    const held = new Set(points.held);
    found.points = {
      X: points.y.map((/** @type {number} */ _, /** @type {number} */ i) => X.slice(i * points.d, (i + 1) * points.d)),
      y: points.y,
      held: points.y.map((/** @type {number} */ _, /** @type {number} */ i) => held.has(i)),
    };
  }
  found.parameters = found.parameters && unpacked(found.parameters);
  found.states = found.states.map(unpacked);
  if (found.orders === "page") found.orders = DATA.plan.orders;
  return checked(found);
}

/** Refuse what no page would have written. @param {Plan} plan */
function checked(plan) {
  const { layers, data, points, classes, loss, optimizer, rate, batch, decay } = plan;
  const activations = new Set(DATA.activations);
  const whole = (/** @type {unknown} */ x, /** @type {number} */ low, /** @type {number} */ high) =>
    Number.isInteger(x) && Number(x) >= low && Number(x) <= high;
  const isRight =
    layers.length >= 1 &&
    layers.length <= 12 &&
    layers.every(({ neurons, activation }) => whole(neurons, 1, 64) && activations.has(activation)) &&
    loss in LOSSES &&
    ["sgd", "momentum", "adam"].includes(optimizer) &&
    [rate, decay].every((x) => Number.isFinite(x) && x >= 0) &&
    whole(batch, 1, 1e6) &&
    classes.every((name) => typeof name === "string") &&
    (points
      ? points.X.length >= 1 &&
        points.X.length <= 5000 &&
        points.X.every((row) => row.every(Number.isFinite)) &&
        points.y.every((k) => whole(k, 0, classes.length - 1))
      : data.set in DATASETS &&
        whole(data.count, 4, 2000) &&
        Number.isFinite(data.noise) &&
        whole(data.seed, 0, 2 ** 31));
  if (!isRight) throw new Error("the link is not one of ours");
  const session = new Session(plan);
  if (plan.parameters && plan.parameters.length !== session.network.names.length)
    throw new Error("the link is not whole");
  return plan;
}

/** The state in the address, if there is a good one. */
export function planInAddress() {
  const found = new URLSearchParams(location.hash.slice(1)).get("state");
  try {
    return { plan: found === null ? null : decode(found), isRefused: false };
  } catch {
    return { plan: null, isRefused: true };
  }
}

/** The part of the address that leads here again: the state, and how the page looks. @param {Plan} plan */
export function linkTo(plan) {
  const parts = new URLSearchParams({ state: encode(plan) });
  const { theme, projector } = document.documentElement.dataset;
  if (theme) parts.set("theme", theme);
  if (projector) parts.set("projector", "1");
  if (language() !== DATA.lang) parts.set("lang", language());
  return `#${parts}`;
}

/** The page's own address, kept up to date. */
export class Address {
  written = -1000;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ later = undefined;

  /** At once, or, where much changes, a few times a second. @param {() => Plan} plan */
  keep(plan) {
    if (location.protocol === "about:") return; // a page within a page has no address of its own
    clearTimeout(this.later);
    const wait = this.written + 300 - performance.now();
    const put = () => {
      this.written = performance.now();
      history.replaceState(null, "", linkTo(plan()));
    };
    if (wait <= 0) put();
    else this.later = setTimeout(put, wait);
  }
}
