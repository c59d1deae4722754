// The page in the console: glassgrad.state(), .set(name, number), .train(steps).
import { modelJson, pythonSource } from "./exports.js";
import { App } from "./main.js";

const app = new App();

/** @param {import("./session.js").Session} session */
function state(session) {
  const { network, plan, train, results, optimizer } = session;
  const d = network.sizes[0];
  const named = (/** @type {ArrayLike<number>} */ numbers) =>
    Object.fromEntries(network.names.map((name, place) => [name, numbers[place]]));
  /** @type {Record<string, number>} */ const deltas = {};
  results.deltas.slice(1).forEach((layer, l) => {
    const m = network.sizes[l + 1];
    for (let j = 0; j < m; j++) {
      let total = 0;
      for (let r = 0; r < results.rows; r++) total += layer[r * m + j];
      deltas[`layers.${l}.neurons.${j}`] = total / results.rows;
    }
  });
  return {
    sizes: [...network.sizes],
    activation: plan.layers[0].activation,
    activations: [...network.activations],
    lossName: plan.loss,
    loss: results.loss,
    step: optimizer.steps,
    X: Array.from(train.y, (_, r) => [...train.X.subarray(r * d, (r + 1) * d)]),
    y: [...train.y],
    parameters: named(network.parameters),
    gradients: named(results.gradient),
    deltas,
    optimizer: plan.optimizer,
    learningRate: plan.rate,
    batchSize: session.batchSize,
    weightDecay: plan.decay,
    accuracy: results.accuracy,
    heldOutLoss: results.heldLoss,
    heldOutAccuracy: results.heldAccuracy,
    classes: [...plan.classes],
    preset: plan.preset,
  };
}

/** @type {any} */ (window).glassgrad = {
  state: () => state(app.session),
  set: (/** @type {string} */ name, /** @type {number} */ x) => {
    app.session.remember();
    app.setParameter(name, x);
    return app.session.results.loss;
  },
  train: (/** @type {number} */ steps = 1) => {
    if (!Number.isInteger(steps) || steps < 0)
      throw new Error(`steps must be a whole number of at least 0, got ${steps}`);
    return app.training.train(steps);
  },
  edge: () => app.training.stepEdge(),
  model: () => modelJson(app.session),
  python: () => pythonSource(app.session),
};
