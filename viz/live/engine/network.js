// A multilayer perceptron on flat arrays: outputs and gradients of many rows, from the formulas of the table alone.
import { LOSSES } from "./losses.js";
import { RULES } from "./table.js";
import { Value, apply, passed } from "./value.js";

/** σ and σ' of a layer, as functions of z and of z and a. @param {string} name */
export function activation(name) {
  if (name === "linear") return { value: (/** @type {number} */ z) => z, slope: () => 1 };
  const rule = /** @type {import("./table.js").Rule} */ (RULES.get(name));
  const rest = rule.operands.slice(1).map(({ standard }) => standard);
  const [result, partial] = [rule.result, rule.partials[0]];
  if (!rest.length)
    return { value: result, slope: (/** @type {number} */ z, /** @type {number} */ a) => partial(a, z) };
  return {
    value: (/** @type {number} */ z) => result(z, ...rest),
    slope: (/** @type {number} */ z, /** @type {number} */ a) => partial(a, z, ...rest),
  };
}

export class Network {
  /**
   * @param {number[]} sizes inputs, then the neurons of each layer
   * @param {string[]} activations of each layer
   * @param {boolean[]} hasBias of each layer
   */
  constructor(sizes, activations, hasBias = activations.map(() => true)) {
    this.sizes = sizes;
    this.activations = activations;
    this.hasBias = hasBias;
    /** @type {string[]} */ this.names = [];
    /** Where the parameters of each layer begin. @type {number[]} */ this.offsets = [];
    activations.forEach((_, l) => {
      this.offsets.push(this.names.length);
      for (let j = 0; j < sizes[l + 1]; j++) {
        for (let i = 0; i < sizes[l]; i++) this.names.push(`layers.${l}.neurons.${j}.w.${i}`);
        if (hasBias[l]) this.names.push(`layers.${l}.neurons.${j}.b`);
      }
    });
    this.places = new Map(this.names.map((name, place) => [name, place]));
    this.parameters = new Float64Array(this.names.length);
  }

  get depth() {
    return this.activations.length;
  }

  /** How many parameters one neuron of a layer has. @param {number} l */
  stride(l) {
    return this.sizes[l] + (this.hasBias[l] ? 1 : 0);
  }

  /** Where the first parameter of a neuron stands. @param {number} l @param {number} j */
  start(l, j) {
    return this.offsets[l] + j * this.stride(l);
  }

  /**
   * z and a of every layer for rows of inputs, row after row; a[0] are the inputs.
   * @param {Float64Array} X @param {number} rows
   */
  forward(X, rows) {
    const [z, a] = [[X], [X]];
    const { parameters } = this;
    for (let l = 0; l < this.depth; l++) {
      const [n, m, stride] = [this.sizes[l], this.sizes[l + 1], this.stride(l)];
      const [before, next, after] = [a[l], new Float64Array(rows * m), new Float64Array(rows * m)];
      const { value } = activation(this.activations[l]);
      for (let j = 0; j < m; j++) {
        const w = this.offsets[l] + j * stride;
        const b = this.hasBias[l] ? parameters[w + n] : 0;
        for (let r = 0; r < rows; r++) {
          let total = 0;
          for (let i = 0, at = r * n; i < n; i++, at++) total += parameters[w + i] * before[at];
          next[r * m + j] = total + b;
          after[r * m + j] = value(total + b);
        }
      }
      z.push(next);
      a.push(after);
    }
    return { z, a, rows };
  }

  /**
   * ∂C/∂a, σ'(z) and δ of every layer and row, and the gradient of the mean cost, as the graph would give them.
   * @param {{z: Float64Array[], a: Float64Array[], rows: number}} run
   * @param {Float64Array} asked ∂C/∂a of the outputs, C being the cost of one row
   */
  backward({ z, a, rows }, asked) {
    const { sizes, depth, parameters } = this;
    const gradient = new Float64Array(parameters.length);
    const [contributions, slopes, deltas] = [[asked], [new Float64Array()], [new Float64Array()]].map(
      () => /** @type {Float64Array[]} */ (Array(depth + 1)),
    );
    contributions[depth] = asked;
    for (let l = depth; l > 0; l--) {
      const [n, m, stride, offset] = [sizes[l - 1], sizes[l], this.stride(l - 1), this.offsets[l - 1]];
      const { slope } = activation(this.activations[l - 1]);
      const [c, s, d] = [contributions[l], new Float64Array(rows * m), new Float64Array(rows * m)];
      const below = new Float64Array(rows * n);
      const inputs = a[l - 1];
      for (let r = 0; r < rows; r++) {
        for (let j = 0; j < m; j++) {
          const at = r * m + j;
          s[at] = slope(z[l][at], a[l][at]);
          const delta = (d[at] = passed(c[at], s[at]));
          if (delta === 0) continue;
          const w = offset + j * stride;
          for (let i = 0; i < n; i++) {
            const [weight, input] = [parameters[w + i], inputs[r * n + i]];
            if (input !== 0) gradient[w + i] += delta * input;
            if (weight !== 0) below[r * n + i] += delta * weight;
          }
          if (this.hasBias[l - 1]) gradient[w + n] += delta;
        }
      }
      [contributions[l - 1], slopes[l], deltas[l]] = [below, s, d];
    }
    for (let k = 0; k < gradient.length; k++) gradient[k] /= rows;
    return { contributions, slopes, deltas, gradient };
  }

  /**
   * The cost of each row and ∂C/∂a of its outputs: a loss is a small graph of its own.
   * @param {Float64Array} outputs @param {ArrayLike<number>} y @param {string} lossName
   */
  costs(outputs, y, lossName) {
    const m = this.sizes[this.depth];
    const loss = LOSSES[lossName];
    const [costs, asked] = [new Float64Array(y.length), new Float64Array(outputs.length)];
    for (let r = 0; r < y.length; r++) {
      const leaves = Array.from(outputs.subarray(r * m, (r + 1) * m), (a) => new Value(a));
      const cost = loss.cost(leaves, loss.targets(y[r], m));
      costs[r] = cost.data;
      cost.backward();
      for (let k = 0; k < m; k++) asked[r * m + k] = leaves[k].grad;
    }
    return { costs, asked };
  }

  /**
   * The mean cost over rows and everything that follows from it.
   * @param {Float64Array} X @param {ArrayLike<number>} y @param {string} lossName
   */
  evaluate(X, y, lossName) {
    const run = this.forward(X, y.length);
    const { costs, asked } = this.costs(run.a[this.depth], y, lossName);
    let total = 0;
    for (const cost of costs) total += cost;
    return { ...run, costs, loss: total / y.length, ...this.backward(run, asked) };
  }

  /**
   * The same for one sample as the library's graph: a Value for every parameter, input, z, a, and for the cost.
   * @param {ArrayLike<number>} x @param {number} y @param {string} lossName
   */
  graph(x, y, lossName) {
    const parameters = Array.from(this.parameters, (number, place) => new Value(number, this.names[place]));
    const inputs = Array.from(x, (number, i) => new Value(number, `x${i}`));
    /** @type {Value[][]} */ const zs = [];
    /** @type {Value[][]} */ const as = [inputs];
    /** @type {Value[]} */ let a = inputs;
    for (let l = 0; l < this.depth; l++) {
      const n = this.sizes[l];
      const z = Array.from({ length: this.sizes[l + 1] }, (_, j) => {
        const start = this.start(l, j);
        return apply("dot", parameters.slice(start, start + n), a, this.hasBias[l] ? parameters[start + n] : 0);
      });
      a = this.activations[l] === "linear" ? z : z.map((each) => apply(this.activations[l], each));
      zs.push(z);
      as.push(a);
    }
    const loss = LOSSES[lossName];
    return { parameters, inputs, zs, as, cost: loss.cost(a, loss.targets(y, a.length)) };
  }
}
