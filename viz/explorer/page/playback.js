// The steps of a run, and the state after any of them: exactly what backward() does, in its order.

function makeSteps(graph) {
  const steps = [{ kind: "start" }];
  for (const node of graph.order) steps.push({ kind: "forward", node });
  const seed = steps.length;
  steps.push({ kind: "seed", node: graph.root });
  for (const node of graph.order.toReversed()) {
    for (const edge of node.into) if (edge.derivative !== null) steps.push({ kind: "backward", edge });
  }
  return { steps, seed };
}

// What an edge passes back. Where either factor is 0 nothing passes, not even nan from 0 times infinity.
function passed(adjoint, derivative) {
  return adjoint === 0 || derivative === 0 ? 0 : adjoint * derivative;
}

class Playback {
  constructor(graph) {
    this.graph = graph;
    const { steps, seed } = makeSteps(graph);
    this.steps = steps;
    this.seed = seed;
    this.computedAt = new Int32Array(graph.nodes.length);
    this.passedAt = new Int32Array(graph.edges.length).fill(steps.length);
    steps.forEach((step, place) => {
      if (step.kind === "forward") this.computedAt[step.node.index] = place;
      if (step.kind === "backward") this.passedAt[step.edge.index] = place;
    });
    this.grads = new Float64Array(graph.nodes.length);
    this.position = 0;
    this.go(this.last);
    this.final = this.grads.slice();
    this.largest = Math.max(0, ...this.final.filter(Number.isFinite).map(Math.abs));
  }

  get last() {
    return this.steps.length - 1;
  }

  get step() {
    return this.steps[this.position];
  }

  get isBackward() {
    return this.position >= this.seed;
  }

  go(position) {
    const goal = Math.min(this.last, Math.max(0, Math.round(position) || 0));
    if (goal < this.position) {
      this.grads.fill(0);
      this.position = 0;
    }
    while (this.position < goal) this.#apply(this.steps[++this.position]);
  }

  #apply(step) {
    this.before = null;
    if (step.kind === "seed") this.grads[step.node.index] = 1;
    if (step.kind !== "backward") return;
    const { source, target, derivative } = step.edge;
    this.before = this.grads[source.index];
    const adjoint = this.grads[target.index];
    if (adjoint !== 0 && derivative !== 0) this.grads[source.index] += adjoint * derivative;
  }

  isComputed(node) {
    return this.computedAt[node.index] <= this.position;
  }

  hasPassed(edge) {
    return this.passedAt[edge.index] <= this.position;
  }

  // The gradient to show: none before the way back begins, and none for constants.
  grad(node) {
    return this.isBackward && node.kind !== "constant" ? this.grads[node.index] : null;
  }

  flow(edge) {
    return this.hasPassed(edge) ? passed(this.grads[edge.target.index], edge.derivative) : null;
  }
}
