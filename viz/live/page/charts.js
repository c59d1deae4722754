// Curves of the loss, and how much gradient arrives in each layer.
import { written } from "../engine/numbers.js";
import { say } from "./data.js";
import { byId, make, write } from "./dom.js";
import { css } from "./paint.js";

/** The size of the canvas on the page, known without asking for it in every frame. */
const box = { width: 0, height: 0 };

/** @param {import("./main.js").App} app */
export function watchLoss(app) {
  const canvas = byId("curve");
  new ResizeObserver(() => {
    [box.width, box.height] = [canvas.clientWidth, canvas.clientHeight];
    drawLoss(app);
  }).observe(canvas);
}

/** @param {import("./main.js").App} app */
export function drawLoss({ session, colours }) {
  const canvas = byId("curve");
  const scale = devicePixelRatio;
  const { width, height } = box;
  if (!width) return;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const { history } = session;
  const numbers = history.flatMap(({ train, held }) => [train, held]).filter(Number.isFinite);
  if (!numbers.length) return;
  const [first, last] = [history[0].step, Math.max(history[0].step + 1, history[history.length - 1].step)];
  const top = Math.max(...numbers) * 1.05 || 1;
  context.strokeStyle = css(colours.rule, 0.6);
  context.lineWidth = 1;
  for (const share of [0, 0.5, 1]) {
    const y = 4 + (height - 8) * share;
    context.beginPath();
    context.moveTo(0, y);
    context.lineTo(width, y);
    context.stroke();
  }
  for (const [key, colour, thick] of /** @type {["held" | "train", number[], number][]} */ ([
    ["held", colours.grey, 1.5],
    ["train", colours.ink, 2],
  ])) {
    context.beginPath();
    for (const record of history) {
      if (!Number.isFinite(record[key])) continue;
      context.lineTo(((record.step - first) / (last - first)) * width, height - 4 - (record[key] / top) * (height - 8));
    }
    context.setLineDash(key === "held" ? [5, 3] : []);
    context.strokeStyle = css(colour);
    context.lineWidth = thick;
    context.stroke();
  }
  context.setLineDash([]);
  context.fillStyle = css(colours.grey);
  context.font = document.documentElement.dataset.projector ? "24px sans-serif" : "11px sans-serif";
  context.textAlign = "right";
  context.textBaseline = "top";
  context.fillText(written(top, 2), width, 6);
}

/** Root mean square of δ in each layer, over the rows to learn from. @param {import("./main.js").App} app */
export function flow({ session }) {
  return session.results.deltas.slice(1).map((layer) => {
    let total = 0;
    for (const delta of layer) total += delta * delta;
    return Math.sqrt(total / layer.length);
  });
}

/** @param {import("./main.js").App} app */
export function drawFlow(app) {
  const list = byId("flow");
  const sizes = flow(app);
  if (list.children.length !== sizes.length) {
    list.replaceChildren(
      ...sizes.map((_, l) =>
        make(
          "li",
          {},
          make("span", {}, say("layer", { layer: l })),
          make("span", { class: "track" }, make("i", {})),
          make("span", { class: "figure" }),
        ),
      ),
    );
  }
  const largest = Math.max(...sizes.filter(Number.isFinite), 0);
  sizes.forEach((size, l) => {
    const [name, track, figure] = list.children[l].children;
    write(name, say("layer", { layer: l }));
    // Six powers of ten: what vanishes is still told from nothing.
    const share = size > 0 && Number.isFinite(size) ? Math.max(0.02, 1 + Math.log10(size / largest) / 6) : 0;
    track.firstElementChild.style.setProperty("--share", share.toFixed(3));
    write(figure, written(size, 3));
  });
}
