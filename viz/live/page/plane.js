// The plane of the first two inputs: the network's answer everywhere, the points, and what the pointer does to them.
import { Colours, Field, mark } from "./paint.js";
import { byId } from "./dom.js";

/** Points of the grid along each side, for this plane and the neurons' own. */
export const SIDE = 40;

export class Plane {
  /** @param {import("./main.js").App} app */
  constructor(app) {
    this.app = app;
    this.canvas = byId("plane");
    this.points = byId("points");
    this.field = new Field(SIDE);
    /** Its width on the page, known without asking for it in every frame. */
    this.size = 0;
    new ResizeObserver(() => {
      this.size = this.canvas.clientWidth;
      app.redrawPlane();
    }).observe(this.canvas);
    /** @type {number | null} */ this.dragged = null;
    this.brush = "select";
    this.#listen();
  }

  /** The square that holds all points, a little larger. */
  measure() {
    const { X } = /** @type {import("./session.js").Points} */ (this.app.session.plan.points);
    const [low, high] = [
      [-1, -1],
      [1, 1],
    ];
    for (const row of X) {
      for (const i of [0, 1]) {
        low[i] = Math.min(low[i], row[i] ?? 0);
        high[i] = Math.max(high[i], row[i] ?? 0);
      }
    }
    const half = 0.56 * Math.max(high[0] - low[0], high[1] - low[1]);
    this.middle = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
    this.half = half;
    const n = X[0].length;
    const means = X[0].map((_, i) => X.reduce((total, row) => total + row[i], 0) / X.length);
    this.grid = new Float64Array(SIDE * SIDE * n);
    for (let p = 0; p < SIDE * SIDE; p++) {
      const place = [
        this.middle[0] - half + (2 * half * ((p % SIDE) + 0.5)) / SIDE,
        this.middle[1] + half - (2 * half * (Math.floor(p / SIDE) + 0.5)) / SIDE,
      ];
      for (let i = 0; i < n; i++) this.grid[p * n + i] = i < 2 ? place[i] : means[i];
    }
  }

  /** z and a of every neuron over the grid. */
  run() {
    return this.app.session.network.forward(this.grid ?? new Float64Array(), SIDE * SIDE);
  }

  /** @param {Float64Array} outputs of the network over the grid @param {Colours} colours */
  draw(outputs, colours) {
    const { canvas, app } = this;
    const { session } = app;
    const scale = devicePixelRatio;
    const { size } = this;
    if (!size) return;
    if (canvas.width !== Math.round(size * scale)) canvas.width = canvas.height = Math.round(size * scale);
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.field.paintClasses((p) => session.decide(outputs, p), colours);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.field.canvas, 0, 0, canvas.width, canvas.height);
    const { points } = session.plan;
    const key = [points, session.train, app.sample, size, colours.ink.join(), this.half];
    if (this.drawnPoints?.every((each, k) => each === key[k])) return;
    this.drawnPoints = key;
    this.#drawPoints(colours);
  }

  /** The points, on a canvas of their own above the plane: most frames leave them as they are. @param {Colours} colours */
  #drawPoints(colours) {
    const { app, size, points } = this;
    const { session } = app;
    const scale = devicePixelRatio;
    points.width = points.height = Math.round(size * scale);
    const context = points.getContext("2d");
    context.scale(scale, scale);
    const { X, y, held } = /** @type {import("./session.js").Points} */ (session.plan.points);
    const radius = Math.max(3.2, size / 100) * (X.length > 400 ? 0.7 : 1);
    const card = `rgb(${colours.card.join(",")})`;
    X.forEach((row, i) => {
      const [px, py] = this.toScreen(row, size);
      const colour = `rgb(${colours.classes[y[i]].join(",")})`;
      mark(context, y[i], px, py, radius);
      context.fillStyle = held[i] ? card : colour;
      context.fill();
      context.lineWidth = held[i] ? 1.6 : 1;
      context.strokeStyle = held[i] ? colour : card;
      context.stroke();
    });
    const selected = X[app.sample];
    if (selected) {
      const [px, py] = this.toScreen(selected, size);
      context.beginPath();
      context.arc(px, py, radius + 4.5, 0, 2 * Math.PI);
      context.lineWidth = 2;
      context.strokeStyle = `rgb(${colours.ink.join(",")})`;
      context.stroke();
    }
  }

  /** @param {number[]} row @param {number} size */
  toScreen(row, size) {
    const [cx, cy] = this.middle ?? [0, 0];
    const half = this.half ?? 1;
    return [((row[0] - cx + half) / (2 * half)) * size, ((cy + half - (row[1] ?? 0)) / (2 * half)) * size];
  }

  /** @param {PointerEvent} event */
  toPlane(event) {
    const box = this.canvas.getBoundingClientRect();
    const [cx, cy] = this.middle ?? [0, 0];
    const half = this.half ?? 1;
    return [
      cx - half + (2 * half * (event.clientX - box.left)) / box.width,
      cy + half - (2 * half * (event.clientY - box.top)) / box.height,
    ];
  }

  /** The point under the pointer. @param {PointerEvent} event */
  #near(event) {
    const box = this.canvas.getBoundingClientRect();
    const { X } = /** @type {import("./session.js").Points} */ (this.app.session.plan.points);
    let [best, least] = [-1, event.pointerType === "touch" ? 22 : 12];
    X.forEach((row, i) => {
      const [x, y] = this.toScreen(row, box.width);
      const away = Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top));
      if (away < least) [best, least] = [i, away];
    });
    return best;
  }

  #listen() {
    const { canvas, app } = this;
    canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      const near = this.#near(event);
      if (this.brush === "remove") return near >= 0 && app.editor.remove(near);
      if (near >= 0) {
        app.editor.select(near);
        this.dragged = near;
        this.isMoved = false;
        canvas.setPointerCapture(event.pointerId);
      } else if (this.brush !== "select") app.editor.add(this.toPlane(event), Number(this.brush));
    });
    canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      if (this.dragged === null) {
        canvas.classList.toggle("over", this.#near(event) >= 0);
        return;
      }
      if (!this.isMoved && Math.abs(event.movementX) + Math.abs(event.movementY) < 1) return;
      if (!this.isMoved) app.session.remember();
      this.isMoved = true;
      app.editor.move(this.dragged, this.toPlane(event));
    });
    const release = () => {
      if (this.isMoved) app.editor.settle();
      this.dragged = null;
      this.isMoved = false;
    };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      const { X } = /** @type {import("./session.js").Points} */ (app.session.plan.points);
      if (by && X[app.sample]) {
        const reach = ((this.half ?? 1) / 40) * (event.shiftKey ? 5 : 1);
        app.session.remember();
        app.editor.move(app.sample, [X[app.sample][0] + by[0] * reach, (X[app.sample][1] ?? 0) + by[1] * reach]);
      } else if (event.key === "n") app.editor.select((app.sample + 1) % X.length);
      else if (event.key === "Delete" || event.key === "Backspace") app.editor.remove(app.sample);
      else if (/^\d$/.test(event.key) && Number(event.key) < Math.max(2, app.session.plan.classes.length))
        app.editor.add([...(this.middle ?? [0, 0])], Number(event.key));
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }
}
