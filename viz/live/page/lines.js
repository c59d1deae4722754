// What is painted of the network on its one canvas: lines, the neurons' surfaces, three bars for each.
import { strength } from "../engine/numbers.js";
import { css } from "./paint.js";

/** @typedef {import("./drawing.js").Drawing} Drawing */
/** @typedef {import("./drawing.js").Edge} Edge */

/** Every line, then every neuron, then the line that a step goes over. @param {Drawing} drawing */
export function drawNetwork(drawing) {
  const { canvas, app, width, height } = drawing;
  const { colours, session } = app;
  const scale = devicePixelRatio;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const numbers = drawing.byGradient ? session.results.gradient : session.network.parameters;
  let largest = 0;
  for (const x of numbers) largest = Math.max(largest, Math.abs(x) || 0);
  const frozen = new Set(session.plan.frozen);
  const isCrowded = drawing.edges.length > 120;
  for (const edge of drawing.edges) {
    const x = numbers[edge.place];
    const share = drawing.byGradient ? strength(x, largest) : Math.min(1, Math.abs(x) / (largest || 1));
    const colour = x > 0 ? colours.positive : x < 0 ? colours.negative : colours.rule;
    const isAt = edge.name === app.parameter;
    if (isCrowded && share < 0.02 && !isAt) continue;
    line(context, edge, isCrowded);
    context.setLineDash(frozen.has(edge.name) ? [5, 4] : []);
    context.lineWidth = isAt ? 5 : 0.6 + share * (isCrowded ? 2.4 : 4);
    context.strokeStyle = css(colour, isAt ? 1 : 0.22 + 0.7 * share);
    context.stroke();
  }
  context.setLineDash([]);
  drawFields(drawing, context);
  const lit = app.stepper.litEdge;
  const edge = lit && drawing.edges.find(({ name }) => name === lit.name);
  if (edge) {
    line(context, edge, drawing.edges.length > 120);
    context.lineWidth = 3;
    context.strokeStyle = css(colours.ink);
    context.stroke();
    arrow(context, edge);
    context.fillStyle = css(colours.ink);
    context.fill();
  }
}

/** Each neuron's own surface, in the one canvas of the whole drawing. @param {Drawing} drawing @param {CanvasRenderingContext2D} context */
function drawFields(drawing, context) {
  const size = drawing.size;
  const { colours, neuron } = drawing.app;
  for (const { layer, index, x, y, field, bars } of drawing.units) {
    context.save();
    context.beginPath();
    context.roundRect(x - size / 2, y - size / 2, size, size, size / 4);
    context.clip();
    context.drawImage(field.canvas, x - size / 2, y - size / 2, size, size);
    context.restore();
    const isAt = layer === neuron.layer && index === neuron.index;
    context.strokeStyle = css(isAt ? colours.ink : colours.rule);
    context.lineWidth = isAt ? 3 : 1.5;
    context.stroke();
    bars.forEach((bar, k) => {
      const [left, top, thick] = [x - size / 2, y + size / 2 + 4 + k * drawing.thick * 1.5, drawing.thick];
      context.fillStyle = css(colours.card);
      context.fillRect(left - 1, top - 1, size + 2, thick + 2);
      context.fillStyle = css(colours.ink, 0.1);
      context.fillRect(left, top, size, thick);
      const share = Number.isFinite(bar) ? Math.min(1, Math.abs(bar)) : 0;
      const length = bar === 0 ? 0 : Math.max(1.5, (share * size) / 2);
      context.fillStyle = css(bar > 0 ? colours.positive : colours.negative);
      context.fillRect(bar > 0 ? x : x - length, top, length, thick);
    });
  }
}

/** How far down a line is, a share of the way along: an S as of a cubic curve. @param {Edge} edge @param {number} share */
export const curve = (edge, share) => edge.y1 + (edge.y2 - edge.y1) * share * share * (3 - 2 * share);

/** @param {CanvasRenderingContext2D} context @param {Edge} edge @param {boolean} isStraight of many lines, which are drawn faster so */
function line(context, { x1, y1, x2, y2 }, isStraight = false) {
  const third = (x2 - x1) / 3; // with the handles at thirds, x runs evenly: the curve above
  context.beginPath();
  context.moveTo(x1, y1);
  if (isStraight) context.lineTo(x2, y2);
  else context.bezierCurveTo(x1 + third, y1, x2 - third, y2, x2, y2);
}

/** An arrow head at the beginning of a line: gradients flow back. @param {CanvasRenderingContext2D} context @param {Edge} edge */
function arrow(context, { x1, y1 }) {
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x1 + 11, y1 - 5.5);
  context.lineTo(x1 + 11, y1 + 5.5);
  context.closePath();
}
