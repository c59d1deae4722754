// The generated data sets, with the shapes of nn.data; and what is done to any table before it is learnt from.
import { Random } from "./random.js";

/** @typedef {{X: number[][], y: number[]}} Rows */
/** @typedef {(random: Random, share: number, k: number) => number[]} Maker */

/** One point of a class: `share` is how far along its class it is, from 0 to 1. @type {Record<string, {classes: number, noise: number, make: Maker}>} */
export const DATASETS = {
  moons: {
    classes: 2,
    noise: 0.1,
    make: (_, share, k) => {
      const angle = Math.PI * share;
      return k === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
    },
  },
  circles: {
    classes: 2,
    noise: 0.08,
    make: (_, share, k) => {
      const [angle, radius] = [2 * Math.PI * share, k === 0 ? 1 : 0.4];
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
  },
  xor: {
    classes: 2,
    noise: 0,
    make: (random, _, k) => {
      const side = random.next() < 0.5 ? -1 : 1;
      return [side * random.uniform(0.06, 1), side * (k === 0 ? 1 : -1) * random.uniform(0.06, 1)];
    },
  },
  blobs: {
    classes: 3,
    noise: 0.25,
    make: (_, __, k) => [Math.cos(0.5 + (2 * Math.PI * k) / 3), Math.sin(0.5 + (2 * Math.PI * k) / 3)],
  },
  spiral: {
    classes: 2,
    noise: 0.02,
    make: (_, share, k) => {
      const [angle, radius] = [2 * Math.PI * share + Math.PI * k, 0.1 + 0.9 * share];
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
  },
  "yin-yang": {
    classes: 3,
    noise: 0,
    make: (random, _, k) => {
      for (;;) {
        const [x, y] = [random.uniform(-1, 1), random.uniform(-1, 1)];
        const [left, right] = [Math.hypot(x + 0.5, y), Math.hypot(x - 0.5, y)];
        const yang = left <= 0.5 || (y > 0 && right > 0.5);
        const region = Math.min(left, right) <= 0.2 ? 2 : Number(yang);
        if (Math.hypot(x, y) <= 1 && region === k) return [x, y];
      }
    },
  },
};

/** @param {string} name @param {number} count @param {number} noise @param {number} seed @returns {Rows} */
export function generate(name, count, noise, seed) {
  const { classes, make } = DATASETS[name];
  const random = new Random(seed);
  /** @type {{x: number[], k: number}[]} */ const rows = [];
  for (let k = 0; k < classes; k++) {
    const size = Math.floor((count + k) / classes);
    for (let i = 0; i < size; i++) rows.push({ x: make(random, size > 1 ? i / (size - 1) : 0, k), k });
  }
  const order = random.permutation(rows.length);
  return {
    X: order.map((place) => rows[place].x.map((x) => x + noise * random.normal())),
    y: order.map((place) => rows[place].k),
  };
}

/** Which rows are held out: the given share of each class, at random. @param {number[]} y @param {number} share @param {number} seed */
export function split(y, share, seed) {
  const held = y.map(() => false);
  const order = new Random(seed + 1000).permutation(y.length);
  for (const k of new Set(y)) {
    const own = order.filter((place) => y[place] === k);
    const quota = Math.min(own.length - 1, Math.round(own.length * share));
    for (const place of own.slice(0, Math.max(0, quota))) held[place] = true;
  }
  return held;
}

/** Mean and standard deviation of each column. @param {number[][]} X */
export function scaling(X) {
  const mean = X[0].map((_, i) => X.reduce((total, row) => total + row[i], 0) / X.length);
  const scale = mean.map((m, i) => Math.sqrt(X.reduce((total, row) => total + (row[i] - m) ** 2, 0) / X.length) || 1);
  return { mean, scale };
}
