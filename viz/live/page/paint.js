// Colours as bytes, and fields of numbers painted into small canvases.

/** The page's colours as they stand now, light or dark. */
export class Colours {
  /** @type {number[]} */ positive = [];
  /** @type {number[]} */ negative = [];
  /** @type {number[]} */ card = [];
  /** @type {number[]} */ ink = [];
  /** @type {number[]} */ rule = [];
  /** @type {number[]} */ grey = [];
  /** @type {number[][]} */ classes = [];
  /** From the deepest blue by the page's own colour to the deepest orange, as pixels. */
  shades = new Int32Array(256);

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
    this.shades = Int32Array.from({ length: 256 }, (_, level) => {
      const share = Math.abs(level - 128) / 127;
      return word(mixed(level > 128 ? this.positive : this.negative, 0.9 * share, this.card));
    });
    this.classes = Array.from({ length: 10 }, (_, k) => find(`class-${k}`));
    probe.remove();
  }
}

/** @param {number[]} colour @param {number} alpha */
export const css = (colour, alpha = 1) => `rgba(${colour.join(",")},${alpha})`;

/** A small field of pixels, painted and then drawn at any size. */
export class Field {
  /** @param {number} side */
  constructor(side) {
    this.canvas = document.createElement("canvas");
    this.canvas.width = this.canvas.height = side;
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.image = this.context.createImageData(side, side);
    this.pixels = new Uint32Array(this.image.data.buffer);
  }

  /**
   * One number a pixel by its sign, paler the smaller it is beside the largest.
   * @param {Float64Array} field @param {number} offset @param {number} stride @param {Colours} colours
   */
  paintSigned(field, offset, stride, colours) {
    const { pixels } = this;
    let largest = 0;
    for (let p = offset; p < field.length; p += stride) {
      const size = Math.abs(field[p]);
      if (size > largest) largest = size;
    }
    const { shades } = colours;
    const scale = largest > 0 ? 127 / largest : 0;
    for (let p = 0, at = offset; p < pixels.length; p++, at += stride) {
      const level = field[at] * scale;
      pixels[p] = shades[128 + (level > 127 ? 127 : level < -127 ? -127 : Math.round(level) || 0)];
    }
    this.context.putImageData(this.image, 0, 0);
  }

  /** Each pixel's class, deeper the surer. @param {(p: number) => {chosen: number, sure: number}} decide @param {Colours} colours */
  paintClasses(decide, colours) {
    const { pixels } = this;
    for (let p = 0; p < pixels.length; p++) {
      const { chosen, sure } = decide(p);
      pixels[p] = word(mixed(colours.classes[chosen], 0.1 + 0.45 * (sure > 0 ? sure : 0), colours.card));
    }
    this.context.putImageData(this.image, 0, 0);
  }
}

/** @param {number[]} full @param {number} share @param {number[]} base */
const mixed = (full, share, base) => base.map((from, c) => from + share * (full[c] - from));

/** A colour as the bytes of a pixel. @param {number[]} colour */
const word = ([r, g, b]) => (255 << 24) | (b << 16) | (g << 8) | r;

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
