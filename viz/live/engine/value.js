// Value: a number that remembers how it was computed, with the local derivative on every edge; and backward().
import { RULES } from "./table.js";

export class Value {
  /** @param {number} data @param {string} label */
  constructor(data, label = "") {
    this.data = data;
    this.grad = 0;
    this.op = "";
    this.label = label;
    /** What the operation was applied to: Values, and numbers for constants. @type {(Value | number)[]} */
    this.operands = [];
    /** The operands that are Values, in order, repeats kept. @type {Value[]} */
    this.parents = [];
    /** The local derivative with respect to each parent. @type {number[]} */
    this.partials = [];
  }

  backward() {
    backward(this);
  }
}

/** @param {Value | number} operand */
export const numberOf = (operand) => (operand instanceof Value ? operand.data : operand);

/**
 * A row applied to operands: a new Value, or the bare number if all are numbers. Sequences are given as arrays.
 * @param {string} op @param {...(Value | number | (Value | number)[])} operands @returns {Value}
 */
export function apply(op, ...operands) {
  const rule = RULES.get(op);
  if (!rule) throw new Error(`no such primitive: ${op}`);
  for (const { standard } of rule.operands.slice(operands.length)) operands.push(/** @type {number} */ (standard));
  const numbers = operands.map((operand) => (Array.isArray(operand) ? operand.map(numberOf) : numberOf(operand)));
  const out = new Value(rule.result(...numbers));
  out.op = op;
  out.operands = operands.flat();
  operands.forEach((operand, place) => {
    if (Array.isArray(operand)) {
      if (!operand.some((element) => element instanceof Value)) return;
      const partials = rule.partials[place](out.data, ...numbers);
      operand.forEach((element, i) => {
        if (element instanceof Value) link(out, element, partials[i]);
      });
    } else if (operand instanceof Value) link(out, operand, rule.partials[place](out.data, ...numbers));
  });
  return out.parents.length ? out : /** @type {any} */ (out.data);
}

/** @param {Value} out @param {Value} parent @param {number} partial */
function link(out, parent, partial) {
  out.parents.push(parent);
  out.partials.push(partial);
}

/**
 * The computed values that `root` depends on, itself last, each after all of its operands: the library's own order.
 * @param {Value} root
 */
export function interior(root) {
  /** @type {Value[]} */ const order = [];
  const seen = new Set();
  /** @type {(Value | null)[]} */ const stack = root.op ? [root] : [];
  while (stack.length) {
    const node = stack.pop();
    if (node === null) order.push(/** @type {Value} */ (stack.pop()));
    else if (node && !seen.has(node)) {
      seen.add(node);
      stack.push(node, null, ...node.parents.filter((parent) => parent.op && !seen.has(parent)));
    }
  }
  return order;
}

/** What goes over one edge: 0 where a factor is exactly 0, whatever the other. @param {number} adjoint @param {number} partial */
export const passed = (adjoint, partial) => (adjoint === 0 || partial === 0 ? 0 : adjoint * partial);

/** Add to every leaf's grad the derivative of `root`; interior gradients are set afresh. @param {Value} root */
export function backward(root) {
  const order = interior(root);
  for (const node of order) node.grad = 0;
  root.grad = order.length ? 1 : root.grad + 1;
  for (const node of order.reverse()) {
    node.parents.forEach((parent, place) => {
      parent.grad += passed(node.grad, node.partials[place]);
    });
  }
}
