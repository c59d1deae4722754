// What leaves the page: model.json, which nn.load reads, and the Python that repeats the training.

/** @typedef {import("./session.js").Session} Session */

/** @param {Session} session */
export function modelJson(session) {
  const { network, plan } = session;
  const model = {
    kind: "MLP",
    n_in: network.sizes[0],
    layers: plan.layers,
    parameters: Object.fromEntries(network.names.map((name, place) => [name, network.parameters[place]])),
  };
  const head = { format: "glassgrad model", version: 1 };
  const isClassifier = plan.scaling && ["binary_cross_entropy", "cross_entropy", "hinge"].includes(plan.loss);
  const document = isClassifier
    ? { ...head, kind: "Classifier", features: plan.features, classes: plan.classes, scaling: plan.scaling, model }
    : { ...head, ...model };
  return `${JSON.stringify(document, null, 1)}\n`;
}

/** @param {number} x */
const python = (x) => (Number.isFinite(x) ? String(Object.is(x, -0) ? "-0.0" : x) : `float("${x}")`);
/** @param {Iterable<number>} numbers */
const list = (numbers) => `[${Array.from(numbers, python).join(", ")}]`;

/** @param {Session} session */
export function pythonSource(session) {
  const { network, plan, train } = session;
  const origin = session.origin ?? session.snapshot();
  const [from, to] = [origin.step, session.optimizer.steps];
  const { layers, loss, optimizer, rate, decay, batch, frozen } = plan;
  const n = network.sizes[0];
  const rows = Array.from(train.y, (_, r) => list(train.X.subarray(r * n, (r + 1) * n)));
  const outputs = layers[layers.length - 1].neurons;
  const several = outputs > 1;
  const targets = { hinge: "2.0 * y - 1.0" }[loss] ?? (several ? `np.eye(${outputs})[y]` : "y.astype(float)");
  const step =
    { sgd: `optim.sgd(${rate})`, momentum: `optim.sgd(${rate}, momentum=0.9)`, adam: `optim.adam(${rate})` }[
      optimizer
    ] ?? "";
  const stages = decay ? `optim.chain(optim.weight_decay(${decay}), ${step})` : step;
  const states = origin.states.length
    ? `(${origin.states.map((state) => `np.array(${list(state)}), `).join("")})`
    : "()";
  return `"""The training of a glassgrad playground: the same data, weights and batches, hence the same losses."""

import numpy as np

from autograd import compile
from nn import Layer, MLP, losses, optim

X = np.array([
    ${rows.join(",\n    ")},
])
y = np.array(${list(train.y)}).astype(int)
targets = ${targets}

model = MLP(${n}, ${list(network.sizes.slice(1))}, init="zeros")
model.layers = [
${layers.map(({ neurons, activation, bias }, l) => `    Layer(${network.sizes[l]}, ${neurons}, "${activation}", bias=${bias ? "True" : "False"}, init="zeros"),`).join("\n")}
]
names = [name for name, _ in model.named_parameters()]
model.load_state_dict(dict(zip(names, ${list(origin.parameters ?? [])}, strict=True)))
loss = compile(lambda x, t: losses.${loss}(model(x), t), X[0], targets[0], params=model.parameters())
frozen = [names.index(name) for name in ${JSON.stringify(frozen)}]

${orderSource(session)}

optimizer = ${stages}
p = np.array([parameter.data for parameter in model.parameters()])
state = (${from}, ${decay ? `((), ${states})` : `(${states},)`}) if ${from} else optimizer.init(p)
size, per_epoch = ${Math.min(batch, train.y.length)}, ${session.stepsPerEpoch}
for step in range(${from}, ${to}):
    epoch, place = divmod(step, per_epoch)
    rows = order(epoch)[place * size : (place + 1) * size]
    gradient = loss.value_and_grad(X[rows], targets[rows], params=p)[1]
    change, state = optimizer.update(gradient, state, p)
    change[frozen] = 0.0
    p = p + change
model.load_state_dict(dict(zip(names, p.tolist(), strict=True)))
print(f"step {${to}}: loss {loss.value_and_grad(X, targets, params=p)[0]:.12g}")
`;
}

/** The order of the rows: carried by the page, or drawn by its own generator. @param {Session} session */
function orderSource({ plan, train }) {
  const count = train.y.length;
  const carried = (plan.orders ?? []).filter((order) => order.length === count);
  return `ORDERS = [
${carried.map((order) => `    ${list(order)},`).join("\n")}
]


def order(epoch):
    """The rows in the order in which epoch shows them."""
    if epoch < len(ORDERS):
        return ORDERS[epoch]
    state = (${1000 * plan.seed} + epoch + 1) * 2654435761 % 2**32 or 1
    rows = list(range(${count}))
    for skipped in range(3):
        state = (state * 1664525 + 1013904223) % 2**32
    for i in range(${count} - 1, 0, -1):
        state = (state * 1664525 + 1013904223) % 2**32
        j = state * (i + 1) // 2**32
        rows[i], rows[j] = rows[j], rows[i]
    return rows`;
}
