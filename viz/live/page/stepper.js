// One sample backward, one edge at a time, on the library's own graph of Values.
import { factor, written } from "../engine/numbers.js";
import { interior, passed } from "../engine/value.js";
import { say } from "./data.js";
import { byId, write } from "./dom.js";

/** @typedef {import("../engine/value.js").Value} Value */
/** @typedef {{target: Value, parent: Value, partial: number}} GraphEdge */

/** A name within its neuron: z, a, w.0, b. @param {string} name */
const short = (name) => name.replace(/^layers\.\d+\.neurons\.\d+\./, "");

export class Stepper {
  /** @param {import("./main.js").App} app */
  constructor(app) {
    this.app = app;
    this.at = 0;
    this.isOn = false;
    /** @type {GraphEdge[]} */ this.edges = [];
  }

  /** Begin at the cost of the sample as it is now. */
  begin() {
    const { network, plan } = this.app.session;
    this.graph = network.graph(this.app.sampleRow, this.app.sampleClass, plan.loss);
    const { cost, zs, as, parameters, inputs } = this.graph;
    /** @type {Map<Value, string>} */ this.names = new Map(
      [...parameters, ...inputs].map((value) => [value, value.label]),
    );
    zs.forEach((layer, l) =>
      layer.forEach((z, j) => {
        this.names?.set(as[l + 1][j], `layers.${l}.neurons.${j}.a`);
        this.names?.set(z, `layers.${l}.neurons.${j}.z`);
      }),
    );
    const order = interior(cost);
    order.forEach((value, i) => this.names?.has(value) || this.names?.set(value, value === cost ? "C" : `v${i}`));
    this.edges = order
      .reverse()
      .flatMap((target) => target.parents.map((parent, i) => ({ target, parent, partial: target.partials[i] })));
    this.at = 0;
    cost.grad = 1;
  }

  /** Let one more edge pass on what it has. */
  step() {
    if (!this.isOn || !this.graph) this.begin();
    this.isOn = true;
    if (this.at >= this.edges.length) return null;
    const { target, parent, partial } = this.edges[this.at];
    const before = parent.grad;
    const product = passed(target.grad, partial);
    parent.grad += product;
    this.at += 1;
    const [from, to] = [this.names?.get(target) ?? "", this.names?.get(parent) ?? ""];
    this.last = { from, to, adjoint: target.grad, partial, passed: product, before, after: parent.grad };
    return this.last;
  }

  stop() {
    this.isOn = false;
    this.last = null;
  }

  /** The line of the drawing that this step goes over: that of the weight, or of the input it multiplies. */
  get litEdge() {
    if (!this.isOn || !this.last) return null;
    const { from, to } = this.last;
    if (this.app.session.network.places.has(to)) return { name: to };
    const [layer, neuron] = (from.match(/\d+/g) ?? []).map(Number);
    const source = to.startsWith("x") ? Number(to.slice(1)) : Number((to.match(/\d+/g) ?? [])[1]);
    const isInput = from.endsWith(".z") || (from.endsWith(".a") && !to.endsWith(".z"));
    return isInput && Number.isFinite(source) ? { name: `layers.${layer}.neurons.${neuron}.w.${source}` } : null;
  }

  show() {
    const box = byId("edge");
    box.hidden = !this.isOn;
    if (!this.isOn || !this.last) return;
    const { from, to, adjoint, partial, passed: product, before, after } = this.last;
    write(byId("edge-count"), say("edge_of", { step: this.at, count: this.edges.length }));
    write(byId("edge-line"), `${to}.grad += ${from}.grad × ∂${short(from)}/∂${short(to)}`);
    const sum =
      product === 0
        ? say("nothing_passes", { after: written(after) })
        : `${written(before)} + ${factor(product)} = ${written(after)}`;
    write(byId("edge-note"), `${written(adjoint)} × ${factor(partial)} = ${written(product)};  ${sum}`);
  }
}
