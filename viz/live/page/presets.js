// One beginning for each point of the lesson. Each becomes a link that carries the whole state.
import { DATA } from "./data.js";
import { Session } from "./session.js";

/** @typedef {import("./session.js").Plan} Plan */

/** @type {Plan} */
const BLANK = {
  data: { set: "moons", count: 200, noise: 0.1, heldOut: 0.25, seed: 0 },
  points: null,
  features: ["x0", "x1"],
  classes: ["0", "1"],
  scaling: null,
  layers: [],
  init: "auto",
  seed: 0,
  loss: "binary_cross_entropy",
  optimizer: "adam",
  rate: 0.03,
  batch: 16,
  decay: 0,
  frozen: [],
  orders: null,
  parameters: null,
  step: 0,
  states: [],
  preset: "",
};

/** @param {number[]} sizes @param {string} activation @param {string} output @param {boolean} bias */
const layersOf = (sizes, activation, output = "linear", bias = true) =>
  sizes.map((neurons, l) => ({ neurons, activation: l === sizes.length - 1 ? output : activation, bias }));

/** @param {number[][]} X @param {number[]} y */
const pointsOf = (X, y) => ({ X, y, held: y.map(() => false) });

/** @type {Record<string, () => Partial<Plan>>} */
const PRESETS = {
  // The input is 0: a weight's gradient is δ · 0, the bias's δ · 1.
  bias: () => ({
    layers: layersOf([3, 1], "tanh"),
    optimizer: "sgd",
    rate: 0.3,
    batch: 24,
    points: pointsOf(
      Array.from({ length: 24 }, () => [0, 0]),
      Array.from({ length: 24 }, (_, i) => Number(i % 3 > 0)),
    ),
  }),
  // One sigmoid neuron at z = 6: σ'(6) lets 0.25 % of the pressure through.
  saturation: () => ({
    layers: layersOf([1], "sigmoid", "sigmoid"),
    loss: "mse",
    optimizer: "sgd",
    rate: 0.5,
    batch: 24,
    parameters: [0.01, 0.01, 6],
    points: pointsOf(
      Array.from({ length: 24 }, (_, i) => [Math.cos(i), Math.sin(i)]),
      Array(24).fill(0),
    ),
    classes: ["0", "1"],
  }),
  // The first neuron says little, but is read with large weights: its ∂C/∂a is the largest of the network.
  pressure: () => ({
    layers: layersOf([2, 2, 1], "tanh"),
    optimizer: "sgd",
    rate: 0.05,
    batch: 24,
    parameters: [0.05, -0.05, 0.02, 0.5, 0.4, 0, 2.5, 0.1, 0, 2, -0.1, 0, 1.8, 1.6, 0],
    points: pointsOf(
      Array.from({ length: 24 }, (_, i) => [0.7 * Math.cos(i), 0.7 * Math.sin(i)]),
      Array(24).fill(0),
    ),
  }),
  // Equal weights get equal gradients, for ever; the zero biases are not to blame.
  symmetry: () => ({ layers: layersOf([4, 1], "tanh"), init: "equal", optimizer: "sgd", rate: 0.5, batch: 150 }),
  // Through four layers of relu, σ' = 1: δ arrives as it left.
  relu: () => ({
    layers: layersOf([1, 1, 1, 1, 1], "relu"),
    optimizer: "sgd",
    rate: 0.01,
    batch: 24,
    loss: "mse",
    parameters: [0.5, 0.5, 0.1, 1, 0.1, 1, 0.1, 1, 0.1, 1, 0],
    points: pointsOf(
      Array.from({ length: 24 }, (_, i) => [0.5 + Math.abs(Math.cos(i)), 0.5 + Math.abs(Math.sin(i))]),
      Array.from({ length: 24 }, (_, i) => i % 2),
    ),
  }),
  // The gradient of a batch is a sum over its rows: ΔᵀA and Δᵀ1.
  batch: () => ({
    layers: layersOf([2, 1], "tanh"),
    optimizer: "sgd",
    rate: 0.3,
    batch: 8,
    points: pointsOf(
      [
        [-1, -0.8],
        [-0.7, 0.9],
        [0.9, -0.6],
        [0.8, 0.7],
        [-0.4, -0.9],
        [-0.9, 0.5],
        [0.6, -1],
        [1, 0.9],
      ],
      [0, 1, 1, 0, 0, 1, 1, 0],
    ),
  }),
  // Without biases every boundary goes through the origin.
  unbiased: () => ({
    layers: layersOf([1], "linear", "linear", false),
    optimizer: "sgd",
    rate: 0.5,
    batch: 60,
    points: pointsOf(
      Array.from({ length: 60 }, (_, i) => [
        (i % 2 ? 1.3 : 0.6) + 0.25 * Math.cos(2.4 * i),
        (i % 2 ? 1.3 : 0.6) + 0.25 * Math.sin(2.4 * i),
      ]),
      Array.from({ length: 60 }, (_, i) => i % 2),
    ),
  }),
  // Each step overshoots: the loss rises.
  rate: () => ({ layers: layersOf([4, 1], "tanh"), optimizer: "sgd", rate: 60, batch: 150 }),
  // Two neurons draw two lines, and xor is what lies between.
  xor: () => ({
    layers: layersOf([2, 1], "tanh"),
    optimizer: "adam",
    rate: 0.1,
    batch: 16,
    seed: 3,
    points: pointsOf(
      Array.from({ length: 64 }, (_, i) => [
        (i % 2 ? 1 : -1) * (0.75 + 0.2 * Math.cos(2.4 * i)),
        (i % 4 > 1 ? 1 : -1) * (0.75 + 0.2 * Math.sin(2.4 * i)),
      ]),
      Array.from({ length: 64 }, (_, i) => Number((i % 2 === 0) !== i % 4 <= 1)),
    ),
  }),
};

export const PRESET_NAMES = Object.keys(PRESETS);

/** @param {string} name @returns {Plan} */
export function presetPlan(name) {
  const session = new Session({ ...structuredClone(BLANK), ...PRESETS[name](), preset: name });
  return session.snapshot();
}

/** A page's own beginning. */
export const beginning = () => structuredClone(DATA.plan);
