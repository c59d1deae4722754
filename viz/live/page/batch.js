// The matrices of one batch and one layer: A, Δ, ΔᵀA and Δᵀ1, one row a sample, sums marked.
import { signOf, written } from "../engine/numbers.js";
import { say } from "./data.js";
import { byId, make, renew } from "./dom.js";

const ROWS = 8; // of a batch, and columns of a layer, that are shown
const COLUMNS = 6;

/** @param {import("./main.js").App} app */
export function showBatch(app) {
  const box = byId("batch");
  const {
    session,
    neuron: { layer },
  } = app;
  const { network, plan, train } = session;
  const rows = session.nextRows;
  const d = network.sizes[0];
  const X = new Float64Array(rows.length * d);
  rows.forEach((row, r) => X.set(train.X.subarray(row * d, (row + 1) * d), r * d));
  const found = network.evaluate(
    X,
    rows.map((row) => train.y[row]),
    plan.loss,
  );
  const [n, m] = [network.sizes[layer], network.sizes[layer + 1]];
  const [A, D] = [found.a[layer], found.deltas[layer + 1]];
  const sum = (/** @type {number} */ j, /** @type {number | null} */ i) => {
    let total = 0;
    for (let r = 0; r < rows.length; r++) total += D[r * m + j] * (i === null ? 1 : A[r * n + i]);
    return total;
  };
  const mark = app.neuron.index;
  renew(
    box,
    make("h2", {}, say("batch_title", { layer, rows: rows.length })),
    make("p", { class: "hint" }, say("batch_hint", { rows: rows.length })),
    make(
      "div",
      { class: "matrices" },
      matrix("A", say("matrix_a"), rows.length, n, (r, i) => A[r * n + i], rows),
      matrix("Δ", say("matrix_delta"), rows.length, m, (r, j) => D[r * m + j], rows, { column: mark }),
      matrix("ΔᵀA", say("matrix_weights"), m, n, (j, i) => sum(j, i), [], { row: mark }),
      matrix("Δᵀ1", say("matrix_biases"), m, 1, (j) => sum(j, null), [], { row: mark }),
    ),
  );
}

/**
 * @param {string} name @param {string} about @param {number} height @param {number} width
 * @param {(row: number, column: number) => number} at @param {number[]} labels @param {{row?: number, column?: number}} marked
 */
function matrix(name, about, height, width, at, labels, marked = {}) {
  const [h, w] = [Math.min(height, ROWS), Math.min(width, COLUMNS)];
  const body = Array.from({ length: h }, (_, r) =>
    make(
      "tr",
      {},
      labels.length ? make("th", { scope: "row" }, labels[r]) : null,
      ...Array.from({ length: w }, (_, c) =>
        make(
          "td",
          { "data-sign": signOf(at(r, c)), class: r === marked.row || c === marked.column ? "marked" : null },
          written(at(r, c), 3),
        ),
      ),
      width > w ? make("td", { class: "more" }, "…") : null,
    ),
  );
  if (height > h) body.push(make("tr", {}, make("td", { class: "more", colspan: w + 1 }, "⋮")));
  return make(
    "figure",
    {},
    make("figcaption", {}, make("b", {}, name), ` ${height}×${width}`),
    make("table", { "aria-label": `${name}: ${about}` }, make("tbody", {}, ...body)),
    make("p", { class: "hint" }, about),
  );
}
