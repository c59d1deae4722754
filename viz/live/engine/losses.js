// The losses of nn.losses, written with the same rows in the same order: the cost of one sample.
import { apply } from "./value.js";

/** @typedef {import("./value.js").Value} Value */

/** @param {Value[]} outputs @param {number[]} targets @param {(a: Value, t: number) => Value} one */
function averaged(outputs, targets, one) {
  const terms = outputs.map((output, i) => one(output, targets[i]));
  return terms.length === 1 ? terms[0] : apply("mean", terms);
}

/** Of classes, one target for each output. @param {number} y @param {number} outputs */
const shares = (y, outputs) => (outputs === 1 ? [y] : Array.from({ length: outputs }, (_, k) => (k === y ? 1 : 0)));

/**
 * How each loss makes targets of a class or a number, and a cost of outputs and targets; `slope` is its derivative in
 * symbols, of one output a with target t.
 * @type {Record<string, {single: boolean, several: boolean, targets: (y: number, outputs: number) => number[],
 *   cost: (outputs: Value[], targets: number[]) => Value, slope: string}>}
 */
export const LOSSES = {
  mse: {
    single: true,
    several: true,
    targets: shares,
    slope: "2(a − t)",
    cost: (outputs, targets) =>
      averaged(outputs, targets, (a, t) => {
        const error = apply("sub", a, t);
        return apply("mul", error, error);
      }),
  },
  mae: {
    single: true,
    several: true,
    targets: shares,
    slope: "sign(a − t)",
    cost: (outputs, targets) => averaged(outputs, targets, (a, t) => apply("abs", apply("sub", a, t))),
  },
  huber: {
    single: true,
    several: true,
    targets: shares,
    slope: "a − t, at most ±1",
    cost: (outputs, targets) =>
      averaged(outputs, targets, (a, t) => {
        const error = apply("abs", apply("sub", a, t));
        return apply(
          "where",
          error.data <= 1 ? 1 : 0,
          apply("mul", apply("mul", 0.5, error), error),
          apply("sub", error, 0.5),
        );
      }),
  },
  hinge: {
    single: true,
    several: false,
    targets: (y) => [2 * y - 1],
    slope: "−t where t·a < 1, else 0",
    cost: ([a], [t]) => apply("relu", apply("sub", 1, apply("mul", t, a))),
  },
  binary_cross_entropy: {
    single: true,
    several: false,
    targets: (y) => [y],
    slope: "sigmoid(a) − t",
    cost: ([a], [t]) => {
      const [yes, no] = [t === 0 ? 0 : apply("softplus", apply("neg", a)), t === 1 ? 0 : apply("softplus", a)];
      return apply("add", apply("mul", t, yes), apply("mul", 1 - t, no));
    },
  },
  cross_entropy: {
    single: false,
    several: true,
    targets: shares,
    slope: "softmax(a) − t",
    cost: (outputs, targets) =>
      apply(
        "sub",
        apply("logsumexp", outputs),
        apply(
          "dot",
          targets,
          outputs.map((a, k) => (targets[k] === 0 ? 0 : a)),
          0,
        ),
      ),
  },
};
