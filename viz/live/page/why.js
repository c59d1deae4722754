// Where a gradient comes from: from the output's ∂C/∂a on, layer by layer, in symbols and in numbers; and its paths.
import { LOSSES } from "../engine/losses.js";
import { factor, written } from "../engine/numbers.js";
import { DATA, say } from "./data.js";
import { byId, make, renew } from "./dom.js";

/** @typedef {import("./main.js").App} App */

const SHOWN = 6; // terms of a sum that are written out

/** @param {App} app */
export function showWhy(app) {
  const box = byId("why");
  const { session, neuron, view: sample } = app;
  const { network, plan } = session;
  const { layer, index } = neuron;
  const name = app.parameter ?? network.names[network.start(layer, index)];
  const isBias = name.endsWith(".b");
  const i = Number(name.split(".").at(-1));
  const lines = [];
  const outputs = network.sizes[network.depth];
  const last = network.depth;
  const shown = layer === last - 1 ? index : 0;
  const [a, asked] = [sample.a[last][shown], sample.contributions[last][shown]];
  const target = LOSSES[plan.loss].targets(app.sampleClass, outputs)[shown];
  const share = outputs > 1 && plan.loss !== "cross_entropy" ? ` / ${outputs}` : "";
  lines.push([
    `∂C/∂a${outputs > 1 ? `[${shown}]` : ""}`,
    `${LOSSES[plan.loss].slope}${share}`,
    plan.loss === "mse" ? `2(${written(a)} − ${factor(target)})${share}` : `a = ${written(a)}, t = ${written(target)}`,
    written(asked),
  ]);
  for (let l = last; l > layer + 1; l--) {
    const m = network.sizes[l];
    const parts = [];
    for (let k = 0; k < Math.min(m, 3); k++) parts.push(written(sample.deltas[l][k]));
    lines.push([
      `δ, ${say("layer", { layer: l - 1 })}`,
      "∂C/∂a · σ′(z)",
      m > 1 ? parts.join(", ") + (m > 3 ? ", …" : "") : "",
      m > 1 ? "" : parts[0],
    ]);
  }
  if (layer < last - 1) {
    const terms = [];
    for (let k = 0; k < network.sizes[layer + 2]; k++) {
      terms.push([network.parameters[network.start(layer + 1, k) + index], sample.deltas[layer + 2][k]]);
    }
    const text =
      terms
        .slice(0, SHOWN)
        .map(([w, d]) => `${factor(w)}·${factor(d)}`)
        .join(" + ") + (terms.length > SHOWN ? " + …" : "");
    lines.push(["∂C/∂a", "Σ w · δ", text, written(sample.contributions[layer + 1][index])]);
  }
  const [z, c, s, d] = [sample.z, sample.contributions, sample.slopes, sample.deltas].map((of) => of[layer + 1][index]);
  const { activation } = plan.layers[layer];
  lines.push([
    "σ′(z)",
    DATA.symbols[activation]?.[1] ?? "1",
    `z = ${written(z)}, a = ${written(sample.a[layer + 1][index])}`,
    written(s),
  ]);
  lines.push(["δ", "∂C/∂a · σ′(z)", `${written(c)} · ${factor(s)}`, written(d)]);
  const input = isBias ? 1 : sample.a[layer][i];
  const short = name.split(".").slice(4).join(".");
  lines.push([
    `∂C/∂${short}`,
    isBias ? "δ · 1" : "δ · a_in",
    `${written(d)} · ${factor(input)}`,
    written(d === 0 || input === 0 ? 0 : d * input),
  ]);
  const place = network.places.get(name) ?? 0;
  lines.push([
    say("mean_over_rows"),
    `Σ ∂C/∂${short} / ${session.train.y.length}`,
    "",
    written(session.results.gradient[place]),
  ]);
  renew(
    box,
    make("h2", {}, say("why"), " ", make("bdi", {}, name)),
    make(
      "table",
      { class: "derivation" },
      make(
        "tbody",
        {},
        ...lines.map(([left, symbols, numbers, result]) =>
          make(
            "tr",
            {},
            make("th", { scope: "row" }, left),
            make("td", {}, `= ${symbols}`, numbers ? make("span", {}, `= ${numbers}`) : null),
            make("td", { class: "figure" }, result),
          ),
        ),
      ),
    ),
    ...pathLines(app, layer, index, input),
  );
}

/** The paths from the neuron to the outputs, each the product of the derivatives along it. @param {App} app @param {number} layer @param {number} index @param {number} input */
function pathLines({ session, view: sample }, layer, index, input) {
  const { network } = session;
  let count = 1;
  for (let l = layer + 2; l <= network.depth; l++) count *= network.sizes[l];
  if (count > 4000) return [make("p", { class: "hint" }, say("paths_many", { count }))];
  /** @type {{through: number[], product: number}[]} */ let paths = [
    { through: [index], product: sample.slopes[layer + 1][index] },
  ];
  for (let l = layer + 1; l < network.depth; l++) {
    paths = paths.flatMap(({ through, product }) =>
      Array.from({ length: network.sizes[l + 1] }, (_, k) => ({
        through: [...through, k],
        product:
          product * network.parameters[network.start(l, k) + through[through.length - 1]] * sample.slopes[l + 1][k],
      })),
    );
  }
  const ends = paths.map(({ through, product }) => ({
    through,
    sum: product * sample.contributions[network.depth][through[through.length - 1]] * input,
  }));
  ends.sort((one, other) => Math.abs(other.sum) - Math.abs(one.sum));
  const rest = ends.slice(SHOWN).reduce((total, { sum }) => total + sum, 0);
  return [
    make("h3", {}, say("paths", { count })),
    make(
      "ol",
      { class: "paths" },
      ...ends.slice(0, SHOWN).map(({ through, sum }) =>
        make(
          "li",
          {},
          make(
            "b",
            { class: "figure", "data-sign": sum > 0 ? "positive" : sum < 0 ? "negative" : "zero" },
            written(sum),
          ),
          make(
            "span",
            {},
            `C ← ${through
              .map((j, step) => `${layer + step}.${j}`)
              .reverse()
              .join(" ← ")}`,
          ),
        ),
      ),
      ends.length > SHOWN
        ? make(
            "li",
            {},
            make("b", { class: "figure" }, written(rest)),
            make("span", {}, say("paths_rest", { count: ends.length - SHOWN })),
          )
        : null,
    ),
  ];
}
