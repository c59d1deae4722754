// What is wrong when a gradient is zero, shrinks, explodes or is its neighbour's; and a remedy for each.
import { DATA } from "./data.js";
import { flow } from "./charts.js";

/** @typedef {{kind: string, neurons: string[], remedy: string, act: () => void}} Finding */

/** @param {number} l @param {number} j */
const nameOf = (l, j) => `layers.${l}.neurons.${j}`;

/** The findings of nn.diagnose, with the same thresholds. @param {import("./main.js").App} app @returns {Finding[]} */
export function diagnose(app) {
  const { session } = app;
  const { network, plan, results } = session;
  const limits = DATA.thresholds;
  const rows = results.rows;
  /** @type {Finding[]} */ const found = [];
  if (app.training.isDiverging())
    found.push({ kind: "rate_high", neurons: [], remedy: "remedy_rate", act: () => app.training.backToBest() });
  if (!Number.isFinite(results.loss)) return found;
  for (let l = 0; l < network.depth; l++) {
    const [n, m] = [network.sizes[l], network.sizes[l + 1]];
    const [usual, least] = DATA.usual[plan.layers[l].activation] ?? [1, 1];
    const [dead, saturated, starved] = [
      /** @type {number[]} */ ([]),
      /** @type {number[]} */ ([]),
      results.a[l].every((x) => x === 0),
    ];
    for (let j = 0; j < m && rows >= limits.rows; j++) {
      let [flat, off] = [0, 0];
      for (let r = 0; r < rows; r++) {
        const s = Math.abs(results.slopes[l + 1][r * m + j]);
        flat += Number(s < limits.flat * usual);
        off += Number(s === 0);
      }
      if (least === 0) off === rows && dead.push(j);
      else if (flat >= limits.flat_rows * rows) saturated.push(j);
    }
    const named = (/** @type {number[]} */ list) => list.map((j) => nameOf(l, j));
    if (dead.length)
      found.push({
        kind: "dead",
        neurons: named(dead),
        remedy: "remedy_dead",
        act: () => app.setActivation(l, "leaky_relu"),
      });
    if (saturated.length)
      found.push({
        kind: "saturated",
        neurons: named(saturated),
        remedy: "remedy_saturated",
        act: () => app.change(() => calm(session, l, saturated)),
      });
    if (starved)
      found.push({
        kind: "starved",
        neurons: Array.from({ length: m }, (_, j) => nameOf(l, j)),
        remedy: l ? "remedy_redraw" : "remedy_draw_data",
        act: () => (l ? app.redraw() : app.setData({ set: "moons" })),
      });
    const twins = twinsOf(session, l, n, m);
    if (twins.length)
      found.push({ kind: "twins", neurons: named(twins), remedy: "remedy_redraw", act: () => app.redraw() });
  }
  const sizes = flow(app);
  const [first, last] = [sizes[0], sizes[sizes.length - 1]];
  if (sizes.length >= limits.layers && first > 0 && last > 0) {
    const first_layer = Array.from({ length: network.sizes[1] }, (_, j) => nameOf(0, j));
    if (first < limits.vanishing * last)
      found.push({ kind: "vanishing", neurons: first_layer, remedy: "remedy_vanishing", act: () => app.useRelu() });
    else if (first > limits.exploding * last)
      found.push({ kind: "exploding", neurons: first_layer, remedy: "remedy_redraw", act: () => app.redraw() });
  }
  return found;
}

/** Neurons of a layer with equal parameters and, on every row, equal δ. @param {import("./session.js").Session} session @param {number} l @param {number} n @param {number} m */
function twinsOf({ network, results }, l, n, m) {
  const same = (/** @type {number} */ a, /** @type {number} */ b) => {
    for (let k = 0; k < network.stride(l); k++) {
      if (network.parameters[network.start(l, a) + k] !== network.parameters[network.start(l, b) + k]) return false;
    }
    for (let r = 0; r < results.rows; r++) {
      const [d, e] = [results.deltas[l + 1][r * m + a], results.deltas[l + 1][r * m + b]];
      if (Math.abs(d - e) > 1e-9 * Math.max(Math.abs(d), Math.abs(e))) return false;
    }
    return true;
  };
  const places = Array.from({ length: m }, (_, j) => j);
  return places.filter((j) => places.some((k) => k !== j && same(j, k)));
}

/** Scale a neuron's parameters so that |z| is 1 on the whole. @param {import("./session.js").Session} session @param {number} l @param {number[]} neurons */
function calm({ network, results }, l, neurons) {
  const m = network.sizes[l + 1];
  for (const j of neurons) {
    let total = 0;
    for (let r = 0; r < results.rows; r++) total += Math.abs(results.z[l + 1][r * m + j]);
    const by = results.rows / Math.max(total, 1e-300);
    for (let k = 0; k < network.stride(l); k++) network.parameters[network.start(l, j) + k] *= by;
  }
}
