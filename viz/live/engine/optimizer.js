// Optimisers: the stages of nn.optim, whose formulas the page carries, over all parameters.
import { STAGES } from "./table.js";

export class Optimizer {
  /** @param {string} name @param {number} count of parameters */
  constructor(name, count) {
    this.name = name;
    this.steps = 0;
    this.states = Array.from({ length: STAGES[name].states }, () => new Float64Array(count));
  }

  /**
   * One step, in place; what is frozen stays.
   * @param {Float64Array} parameters @param {Float64Array} gradient @param {number} rate @param {number} decay of L2
   * @param {Set<number>} frozen
   */
  update(parameters, gradient, rate, decay, frozen) {
    const { step } = STAGES[this.name];
    this.steps += 1;
    for (let k = 0; k < parameters.length; k++) {
      if (frozen.has(k)) continue;
      const p = parameters[k];
      const g = decay === 0 ? gradient[k] : gradient[k] + decay * p;
      const [change, ...next] = step(g, p, rate, this.steps, ...this.states.map((state) => state[k]));
      next.forEach((number, s) => {
        this.states[s][k] = number;
      });
      parameters[k] = p + change;
    }
  }
}
