// The network as a drawing: neurons with their own surfaces and three bars, edges by weight or by gradient.
import { written } from "../engine/numbers.js";
import { say } from "./data.js";
import { byId, make, write } from "./dom.js";
import { curve, drawNetwork } from "./lines.js";
import { Field } from "./paint.js";
import { SIDE } from "./plane.js";
import { scrub } from "./scrub.js";

/**
 * @typedef {{name: string, place: number, layer: number, from: number, to: number, x1: number, y1: number, x2: number, y2: number}} Edge
 * one weight or bias as a line; a bias comes from the constant 1, number n of its column
 * @typedef {{layer: number, index: number, x: number, y: number, element: any, field: Field, bars: number[], badge: any}} Unit
 */

/** Pixels above the neurons, for what stands over each layer, and beside them; a projector's letters are larger. */
const margins = () =>
  document.documentElement.dataset.projector ? { HEAD: 130, LEFT: 74, RIGHT: 84 } : { HEAD: 74, LEFT: 42, RIGHT: 50 };

export class Drawing {
  size = 0;
  width = 0;
  height = 0;

  /** @param {import("./main.js").App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("network");
    this.canvas = byId("edges");
    this.byGradient = false;
    /** @type {Unit[]} */ this.units = [];
    /** @type {Edge[]} */ this.edges = [];
    /** @type {{refresh: () => void}[]} */ this.numbers = [];
    this.#listen();
  }

  /** How thick the three bars below a neuron are, in pixels. */
  get thick() {
    return Math.max(2.5, Math.min(5, this.size / 9));
  }

  /** Lay everything out anew: after another architecture, language or size. */
  rebuild() {
    const { app, box } = this;
    const { network, plan } = app.session;
    const { sizes, depth } = network;
    const most = Math.max(...sizes.map((n, l) => n + Number(plan.layers[l]?.bias ?? false)));
    const { HEAD, LEFT, RIGHT } = margins();
    const isNarrow = box.clientWidth < 560;
    const pitchX = Math.max(HEAD > 100 ? 190 : isNarrow ? 96 : 104, (box.clientWidth - LEFT - RIGHT) / depth);
    this.width = Math.max(box.clientWidth, LEFT + RIGHT + pitchX * depth);
    const least = HEAD > 100 ? 640 : isNarrow ? 380 : 460;
    const free = least - HEAD - 18;
    const pitchY = Math.max(26, Math.min(HEAD > 100 ? 150 : 104, free / most));
    this.height = HEAD + pitchY * most + 18;
    this.size = Math.round(Math.max(14, Math.min(HEAD > 100 ? 84 : 56, pitchY * 0.56)));
    const middle = HEAD + (this.height - HEAD - 18) / 2;
    const place = (/** @type {number} */ l, /** @type {number} */ i) => {
      const count = sizes[l] + Number(plan.layers[l]?.bias ?? false);
      // An input has its number in it, and takes more room than a neuron.
      const pitch = l === 0 ? Math.max(pitchY, Math.min(HEAD > 100 ? 100 : 58, (most * pitchY) / count)) : pitchY;
      return { x: LEFT + pitchX * l, y: middle + (i - (count - 1) / 2) * pitch };
    };
    this.units = [];
    this.numbers = [];
    const children = [this.canvas];
    for (let i = 0; i < sizes[0]; i++) children.push(this.#input(i, place(0, i)));
    for (let l = 0; l < depth; l++) {
      children.push(this.#head(l, LEFT + pitchX * (l + 1)));
      for (let j = 0; j < sizes[l + 1]; j++) children.push(this.#neuron(l, j, place(l + 1, j)));
      if (plan.layers[l].bias) children.push(this.#one(place(l, sizes[l])));
    }
    this.edges = network.names.map((name, k) => {
      const [l, j] = (name.match(/\d+/g) ?? []).map(Number);
      const i = name.endsWith(".b") ? sizes[l] : Number(name.split(".").at(-1));
      const [start, end] = [place(l, i), place(l + 1, j)];
      return {
        name,
        place: k,
        layer: l,
        from: i,
        to: j,
        x1: start.x + this.size / 2,
        y1: start.y,
        x2: end.x - this.size / 2,
        y2: end.y,
      };
    });
    for (let l = 0; l < depth; l++) {
      const between = this.edges.filter(({ layer }) => layer === l);
      if (between.length <= 9 && pitchX > 150)
        for (const edge of between) children.push(this.#weight(edge, between.length));
    }
    box.replaceChildren(...children);
    this.canvas.style.width = `${this.width}px`;
    this.canvas.style.height = `${this.height}px`;
    box.style.height = `${Math.max(this.height, least)}px`;
    box.style.setProperty("--size", `${this.size}px`);
  }

  /** @param {number} i @param {{x: number, y: number}} at */
  #input(i, { x, y }) {
    const { app } = this;
    const number = scrub({
      label: app.session.plan.features[i] ?? `x${i}`,
      step: 0.02,
      begin: () => app.session.remember(),
      get: () => app.sampleRow[i],
      set: (to) => app.editor.setInput(i, to),
      click: () => app.explain(null),
    });
    this.numbers.push(number);
    const element = make(
      "div",
      { class: "unit input" },
      make("span", { class: "input-name" }, app.session.plan.features[i] ?? `x${i}`),
      number.element,
    );
    return this.#put(element, x, y);
  }

  /** @param {{x: number, y: number}} at */
  #one({ x, y }) {
    return this.#put(make("div", { class: "unit one", title: say("constant_one") }, make("span", {}, "1")), x, y);
  }

  /** @param {number} l @param {number} j @param {{x: number, y: number}} at */
  #neuron(l, j, { x, y }) {
    const { app } = this;
    const name = `layers.${l}.neurons.${j}`;
    const badge = make("span", { class: "badge", hidden: true }, "!");
    const element = make(
      "button",
      {
        type: "button",
        class: "unit neuron",
        "data-neuron": name,
        "aria-label": name,
        onclick: () => app.selectNeuron(l, j),
      },
      badge,
    );
    this.units.push({ layer: l, index: j, x, y, element, field: new Field(SIDE), bars: [], badge });
    return this.#put(element, x, y);
  }

  /** @param {number} l @param {number} x */
  #head(l, x) {
    const { app } = this;
    const { layers } = app.session.plan;
    const isLast = l === layers.length - 1;
    const choice = make(
      "select",
      {
        "aria-label": say("activation_of", { layer: l }),
        onchange: (/** @type {any} */ event) => app.setActivation(l, event.target.value),
      },
      ...app.activations.map((name) => make("option", { selected: name === layers[l].activation }, name)),
    );
    const change = (/** @type {number} */ by) => () =>
      app.reshape((plans) => {
        plans[l].neurons = Math.max(1, Math.min(32, plans[l].neurons + by));
      });
    return this.#put(
      make(
        "div",
        { class: "head" },
        isLast
          ? make("span", { class: "steps" }, say("output"))
          : make(
              "span",
              { class: "steps" },
              make(
                "button",
                {
                  type: "button",
                  class: "tiny",
                  "aria-label": say("fewer_neurons", { layer: l }),
                  title: say("fewer_neurons", { layer: l }),
                  onclick: change(-1),
                  disabled: layers[l].neurons === 1,
                },
                "−",
              ),
              make("b", {}, layers[l].neurons),
              make(
                "button",
                {
                  type: "button",
                  class: "tiny",
                  "aria-label": say("more_neurons", { layer: l }),
                  title: say("more_neurons", { layer: l }),
                  onclick: change(1),
                  disabled: layers[l].neurons >= 32,
                },
                "+",
              ),
            ),
        choice,
      ),
      x,
      margins().HEAD / 2 - 6,
    );
  }

  /** A weight as a number on its line, in networks small enough. @param {Edge} edge @param {number} count */
  #weight(edge, count) {
    const { app } = this;
    const number = app.parameterScrub(edge.name);
    this.numbers.push(number);
    const inputs = app.session.network.stride(edge.layer);
    const share = count === inputs ? 0.42 : 0.24 + (0.5 * edge.from) / Math.max(1, inputs - 1);
    const [x, y] = [edge.x1 + share * (edge.x2 - edge.x1), curve(edge, share)];
    const element = make("div", { class: "weight" }, number.element);
    return this.#put(element, x, y);
  }

  /** @param {any} element @param {number} x @param {number} y */
  #put(element, x, y) {
    element.style.left = `${x}px`;
    element.style.top = `${y}px`;
    return element;
  }

  /**
   * Bring all that moves up to date.
   * @param {Float64Array[]} fields a of every layer over the plane's grid
   * @param {import("./main.js").Sample} sample
   * @param {Map<string, any>} findings the first finding of each neuron
   */
  refresh(fields, sample, findings) {
    const { app } = this;
    const { colours, session } = app;
    const { network } = session;
    let largest = 0;
    for (const layer of sample.contributions.slice(1))
      for (const x of layer) largest = Math.max(largest, Math.abs(x) || 0);
    for (const unit of this.units) {
      const { layer, index, element, field, badge } = unit;
      field.paintSigned(fields[layer + 1], index, network.sizes[layer + 1], colours);
      const [c, s, d] = [sample.contributions, sample.slopes, sample.deltas].map((of) => of[layer + 1][index]);
      unit.bars = [c / (largest || 1), s, d / (largest || 1)];
      element.toggleAttribute("data-selected", app.neuron.layer === layer && app.neuron.index === index);
      const finding = findings.get(`layers.${layer}.neurons.${index}`);
      badge.hidden = !finding;
      if (finding) badge.title = say(finding.kind);
    }
    for (const number of this.numbers) number.refresh();
    drawNetwork(this);
  }

  /** The line nearest to the pointer, if it is near. @param {PointerEvent | MouseEvent} event */
  edgeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, least] = [/** @type {Edge | null} */ (null), 9];
    for (const edge of this.edges) {
      const share = (x - edge.x1) / (edge.x2 - edge.x1);
      if (share < 0 || share > 1) continue;
      const at = this.edges.length > 120 ? edge.y1 + share * (edge.y2 - edge.y1) : curve(edge, share);
      const away = Math.abs(at - y);
      if (away < least) [best, least] = [edge, away];
    }
    return best;
  }

  #listen() {
    const { canvas, app } = this;
    const tip = byId("tip");
    canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      const edge = this.edgeAt(event);
      canvas.classList.toggle("over", edge !== null);
      tip.hidden = !edge;
      if (!edge) return;
      const [w, g] = [app.session.network.parameters[edge.place], app.session.results.gradient[edge.place]];
      write(tip, `${edge.name} = ${written(w)}   ∂C/∂ = ${written(g)}`);
      tip.style.left = `${Math.min(innerWidth - 260, event.clientX + 14)}px`;
      tip.style.top = `${event.clientY + 14}px`;
    });
    canvas.addEventListener("pointerleave", () => (tip.hidden = true));
    canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => {
      const edge = this.edgeAt(event);
      if (edge) app.explain(edge.name);
    });
    addEventListener("scroll", () => (tip.hidden = true), true);
  }
}
