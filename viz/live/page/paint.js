// Colours as bytes, and fields of numbers painted into small canvases.

/** The page's colours as they stand now, light or dark. */
export class Colours {
  constructor() {
    this.read();
  }

  read() {
    const probe = document.createElement("span");
    document.body.append(probe);
    const find = (/** @type {string} */ name) => {
      probe.className = `probe-${name}`;
      return (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
    };
    this.positive = find("positive");
    this.negative = find("negative");
    this.card = find("card");
    this.ink = find("ink");
    this.rule = find("rule");
    this.grey = find("grey");
    this.classes = Array.from({ length: 10 }, (_, k) => find(`class-${k}`));
    probe.remove();
  }
}

/** @param {number[]} colour @param {number} alpha */
export const css = (colour, alpha = 1) => `rgba(${colour.join(",")},${alpha})`;

/**
 * Paint one number a pixel by its sign, paler the smaller it is beside the largest.
 * @param {CanvasRenderingContext2D} context @param {number} side @param {Float64Array} field @param {number} offset
 * @param {number} stride @param {Colours} colours
 */
export function paintSigned(context, side, field, offset, stride, colours) {
  const image = context.createImageData(side, side);
  let largest = 0;
  for (let p = offset; p < field.length; p += stride) largest = Math.max(largest, Math.abs(field[p]) || 0);
  const { data } = image;
  const { card } = colours;
  for (let p = 0; p < side * side; p++) {
    const x = field[offset + p * stride];
    const full = x > 0 ? colours.positive : colours.negative;
    const share = largest > 0 ? 0.9 * Math.min(1, Math.abs(x) / largest) : 0;
    for (let c = 0; c < 3; c++) data[4 * p + c] = card[c] + share * (full[c] - card[c]);
    data[4 * p + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/**
 * Paint each pixel's class, deeper the surer.
 * @param {CanvasRenderingContext2D} context @param {number} side @param {(p: number) => {chosen: number, sure: number}} decide
 * @param {Colours} colours
 */
export function paintClasses(context, side, decide, colours) {
  const image = context.createImageData(side, side);
  const { card, classes } = colours;
  for (let p = 0; p < side * side; p++) {
    const { chosen, sure } = decide(p);
    const share = 0.1 + 0.45 * (Number.isFinite(sure) ? sure : 0);
    for (let c = 0; c < 3; c++) image.data[4 * p + c] = card[c] + share * (classes[chosen][c] - card[c]);
    image.data[4 * p + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** A mark for a class, told by its shape as well. @param {CanvasRenderingContext2D} context @param {number} k @param {number} x @param {number} y @param {number} r */
export function mark(context, k, x, y, r) {
  context.beginPath();
  const corners = [0, 4, 3, 4, 5, 3, 6, 0, 4, 8][k % 10];
  const turn = [0, Math.PI / 4, -Math.PI / 2, 0, -Math.PI / 2, Math.PI / 2, 0, 0, Math.PI / 4, 0][k % 10];
  if (corners === 0) context.arc(x, y, r * 0.92, 0, 2 * Math.PI);
  for (let i = 0; i < corners; i++) {
    const angle = turn + (2 * Math.PI * i) / corners;
    context.lineTo(x + 1.18 * r * Math.cos(angle), y + 1.18 * r * Math.sin(angle));
  }
  context.closePath();
}
