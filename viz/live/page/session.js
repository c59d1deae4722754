// Everything that the page is about: data, network, optimiser, and where training is. Nothing here draws.
import { LOSSES } from "../engine/losses.js";
import { Network } from "../engine/network.js";
import { Optimizer } from "../engine/optimizer.js";
import { DATASETS, generate, scaling, split } from "./datasets.js";
import { decide } from "./decide.js";
import { drawWeights } from "./init.js";
import { Random } from "./random.js";

/** @typedef {import("./types.js").Plan} Plan */
/** @typedef {import("./types.js").LayerPlan} LayerPlan */
/** @typedef {import("./types.js").DataPlan} DataPlan */
/** @typedef {import("./types.js").Points} Points */

/** How many steps back undo goes. */
const UNDO = 60;

/** @typedef {{rows: number[], X: Float64Array, y: Float64Array}} Part rows of the points, flat, as the network takes them */

/** What is set before it is first read. @returns {any} */
const unset = () => null;

export class Session {
  /** @type {Plan} */ plan = unset();
  /** @type {Network} */ network = unset();
  /** @type {Optimizer} */ optimizer = unset();
  /** @type {Part} */ train = unset();
  /** @type {Part} */ test = unset();
  /** @type {{step: number, train: number, held: number}[]} */ history = [];
  /** Where the steps since the last change began. @type {Plan | null} */ origin = null;
  /** @type {any} */ evaluated = null;
  /** @type {{epoch: number, of: Part, order: number[]} | null} */ cached = null;

  /** @param {Plan} plan */
  constructor(plan) {
    /** @type {Plan[]} */ this.past = [];
    this.restore(plan);
  }

  /** @param {Plan} plan */
  restore(plan) {
    this.plan = structuredClone(plan);
    if (!this.plan.points) this.draw();
    this.#gather();
    this.#build();
    const { parameters, step, states } = this.plan;
    if (parameters) this.network.parameters.set(parameters);
    else this.initialise();
    this.optimizer.steps = step;
    states.forEach((numbers, s) => this.optimizer.states[s]?.set(numbers));
    this.changed();
  }

  /** Everything as data; `restore` of it leads back here. @returns {Plan} */
  snapshot() {
    return structuredClone({
      ...this.plan,
      parameters: [...this.network.parameters],
      step: this.optimizer.steps,
      states: this.optimizer.states.map((state) => [...state]),
    });
  }

  /** Remember where we are, before something is changed. */
  remember() {
    this.past.push(this.snapshot());
    if (this.past.length > UNDO) this.past.shift();
  }

  undo() {
    const before = this.past.pop();
    if (before) this.restore(before);
    return Boolean(before);
  }

  /** Draw the points of a generated data set anew. */
  draw() {
    const { set, count, noise, heldOut, seed } = this.plan.data;
    const { X, y } = generate(set, count, noise, seed);
    this.plan.points = { X, y, held: split(y, heldOut, seed) };
    this.plan.features = ["x0", "x1"];
    this.plan.scaling = null;
    this.plan.classes = [...new Set(y)].sort().map(String);
    this.plan.orders = null;
  }

  /** Another part of the same points held out. */
  resplit() {
    const { points, data } = this.plan;
    if (points) points.held = split(points.y, data.heldOut, data.seed);
    this.plan.orders = null;
  }

  /** @param {string} set */
  usualNoise(set) {
    return DATASETS[set]?.noise ?? 0;
  }

  /** The curves begin anew: what they showed was of other points. */
  restartCurves() {
    this.history = [];
    this.record();
  }

  /** Rows from elsewhere, standardised. @param {{X: number[][], y: number[], classes: string[]}} rows @param {string[]} features @param {string} name */
  adopt({ X, y, classes }, features, name) {
    const { mean, scale } = scaling(X);
    const scaled = X.map((row) => row.map((x, i) => (x - mean[i]) / scale[i]));
    const { data } = this.plan;
    this.plan.points = { X: scaled, y, held: split(y, data.heldOut, data.seed) };
    Object.assign(this.plan, {
      features,
      classes,
      scaling: { mean, scale },
      orders: null,
      data: { ...data, set: name },
    });
    this.refit();
  }

  /** After the data: as many inputs and outputs as they have, weights drawn anew where that changes anything. */
  refit() {
    this.#gather();
    const { classes, layers } = this.plan;
    const outputs = classes.length > 2 ? classes.length : 1;
    layers[layers.length - 1].neurons = outputs;
    if (!this.#fits(this.plan.loss, outputs)) this.plan.loss = outputs > 1 ? "cross_entropy" : "binary_cross_entropy";
    const before = this.network;
    this.#build();
    if (before.names.length === this.network.names.length) this.network.parameters.set(before.parameters);
    else this.initialise();
    this.changed();
  }

  /** @param {string} loss @param {number} outputs */
  #fits(loss, outputs) {
    return outputs > 1 ? LOSSES[loss].several : LOSSES[loss].single;
  }

  /** The losses that fit the number of outputs. */
  get losses() {
    return Object.keys(LOSSES).filter((loss) => this.#fits(loss, this.plan.layers.at(-1)?.neurons ?? 1));
  }

  /** Another architecture: what neurons had, they keep; new ones are drawn. @param {(layers: LayerPlan[]) => void} change */
  reshape(change) {
    const before = this.network;
    change(this.plan.layers);
    this.#build();
    this.initialise();
    for (const [name, place] of this.network.places) {
      const old = before.places.get(name);
      if (old !== undefined && before.depth === this.network.depth)
        this.network.parameters[place] = before.parameters[old];
    }
    this.plan.frozen = this.plan.frozen.filter((name) => this.network.places.has(name));
    this.changed();
  }

  /** Weights from the seed, biases at 0; training starts anew. */
  initialise() {
    const { init, seed, layers } = this.plan;
    drawWeights(this.network, layers, init, seed);
    this.restartTraining();
  }

  /** The same parameters, but the optimiser and the count of steps begin anew. */
  restartTraining() {
    this.optimizer = new Optimizer(this.plan.optimizer, this.network.parameters.length);
    this.history = [];
    this.changed();
  }

  #build() {
    const { points, layers, optimizer } = this.plan;
    const inputs = /** @type {Points} */ (points).X[0]?.length ?? 2;
    this.network = new Network(
      [inputs, ...layers.map(({ neurons }) => neurons)],
      layers.map(({ activation }) => activation),
      layers.map(({ bias }) => bias),
    );
    this.optimizer = new Optimizer(optimizer, this.network.parameters.length);
    this.history = [];
  }

  /** The points as flat rows to learn from and rows held out. */
  #gather() {
    const { X, y, held } = /** @type {Points} */ (this.plan.points);
    const places = X.map((_, i) => i);
    const part = (/** @type {number[]} */ rows) => ({
      rows,
      X: new Float64Array(rows.flatMap((i) => X[i])),
      y: Float64Array.from(rows, (i) => y[i]),
    });
    this.train = part(places.filter((i) => !held[i]));
    this.test = part(places.filter((i) => held[i]));
  }

  /** After points were added, moved or removed. */
  pointsChanged() {
    this.plan.orders = null;
    this.#gather();
    this.changed();
  }

  /** What was computed from the numbers as they were is no longer true. */
  changed() {
    this.evaluated = null;
    this.origin = null;
  }

  /** The rows of one epoch in the order in which they are seen. @param {number} epoch */
  order(epoch) {
    const carried = this.plan.orders?.[epoch];
    return carried?.length === this.train.y.length
      ? carried
      : new Random(1000 * this.plan.seed + epoch).permutation(this.train.y.length);
  }

  get batchSize() {
    return Math.max(1, Math.min(this.plan.batch, this.train.y.length));
  }

  get stepsPerEpoch() {
    return Math.ceil(this.train.y.length / this.batchSize);
  }

  /** The rows of the step to come. */
  get nextRows() {
    const [epoch, place] = [
      Math.floor(this.optimizer.steps / this.stepsPerEpoch),
      this.optimizer.steps % this.stepsPerEpoch,
    ];
    if (this.cached?.epoch !== epoch || this.cached.of !== this.train) {
      this.cached = { epoch, of: this.train, order: this.order(epoch) };
    }
    return this.cached.order.slice(place * this.batchSize, (place + 1) * this.batchSize);
  }

  /** Take steps. @param {number} count @param {number[] | null} rows of one step, instead of the batches' */
  steps(count, rows = null) {
    const { train, network, plan } = this;
    if (!train.y.length) return;
    const origin = rows ? null : (this.origin ?? this.snapshot());
    const frozen = new Set(plan.frozen.map((name) => network.places.get(name) ?? -1));
    const n = network.sizes[0];
    for (let k = 0; k < count; k++) {
      const chosen = rows ?? this.nextRows;
      const X = new Float64Array(chosen.length * n);
      chosen.forEach((row, r) => X.set(train.X.subarray(row * n, (row + 1) * n), r * n));
      const { gradient } = network.evaluate(
        X,
        chosen.map((row) => train.y[row]),
        plan.loss,
      );
      this.optimizer.update(network.parameters, gradient, plan.rate, plan.decay, frozen);
    }
    this.changed();
    this.origin = origin;
  }

  // Loss, gradients and all that follows from the numbers as they stand, over the rows to learn from.
  /** @returns {ReturnType<Network["evaluate"]> & {accuracy: number, heldAccuracy: number, heldLoss: number}} */
  get results() {
    if (!this.evaluated) {
      const { network, train, test, plan } = this;
      const found = network.evaluate(train.X, train.y, plan.loss);
      const held = network.forward(test.X, test.y.length).a[network.depth];
      const { costs } = network.costs(held, test.y, plan.loss);
      this.evaluated = {
        ...found,
        accuracy: this.accuracy(found.a[network.depth], train.y),
        heldAccuracy: this.accuracy(held, test.y),
        heldLoss: costs.length ? costs.reduce((total, cost) => total + cost, 0) / costs.length : Number.NaN,
      };
    }
    return this.evaluated;
  }

  /** The class that outputs stand for, and how sure that is, 0 to 1. @param {Float64Array} outputs @param {number} r */
  decide(outputs, r) {
    return decide(this.network.sizes[this.network.depth], this.plan.loss, outputs, r);
  }

  /** @param {Float64Array} outputs @param {ArrayLike<number>} y */
  accuracy(outputs, y) {
    let right = 0;
    for (let r = 0; r < y.length; r++) right += Number(this.decide(outputs, r).chosen === y[r]);
    return y.length ? right / y.length : Number.NaN;
  }

  /** Add the losses as they are now to the curves. */
  record() {
    const { loss, heldLoss } = this.results;
    const step = this.optimizer.steps;
    if (this.history.at(-1)?.step === step) this.history.pop();
    this.history.push({ step, train: loss, held: heldLoss });
    if (this.history.length > 800) this.history = this.history.filter((_, i) => i % 2 === 0);
  }
}
