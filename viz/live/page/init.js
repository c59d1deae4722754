// How weights start: the schemes of nn.init, and two that go wrong on purpose.
import { Random } from "./random.js";

/** One weight of a layer of n inputs and m neurons. @type {Record<string, (random: Random, n: number, m: number) => number>} */
const SCHEMES = {
  xavier: (random, n, m) => Math.sqrt(6 / (n + m)) * random.uniform(-1, 1),
  he: (random, n) => Math.sqrt(2 / n) * random.normal(),
  uniform: (random) => random.uniform(-1, 1),
  zeros: () => 0,
  equal: () => 0.5,
  large: (random) => random.uniform(-6, 6),
};

export const SCHEME_NAMES = ["auto", ...Object.keys(SCHEMES)];

/**
 * Draw every weight; biases are 0.
 * @param {import("../engine/network.js").Network} network @param {{neurons: number, activation: string}[]} layers
 * @param {string} init @param {number} seed
 */
export function drawWeights(network, layers, init, seed) {
  const random = new Random(seed);
  network.parameters.fill(0);
  layers.forEach(({ neurons, activation }, l) => {
    const n = network.sizes[l];
    const usual = activation.includes("elu") || activation === "silu" ? "he" : "xavier";
    const draw = SCHEMES[init === "auto" ? usual : init] ?? SCHEMES.xavier;
    for (let j = 0; j < neurons; j++) {
      for (let i = 0; i < n; i++) network.parameters[network.start(l, j) + i] = draw(random, n, neurons);
    }
  });
}
