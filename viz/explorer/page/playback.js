// The steps of a run, and the state after any of them: exactly what backward() does, in its order. Steps may be taken
// one by one, a neuron or a layer at a time, or, of a batch, a row at a time.

// What an edge passes back. Where either factor is 0 nothing passes, not even nan from 0 times infinity.
function passed(adjoint, derivative) {
  return adjoint === 0 || derivative === 0 ? 0 : adjoint * derivative;
}

class Playback {
  constructor(graph) {
    this.graph = graph;
    this.grads = new Float64Array(graph.nodes.length);
    this.flows = new Float64Array(graph.edges.length);
    this.stride = "value";
    this.show(graph.row);
  }

  // Begin anew with one row, or with all for null.
  show(row) {
    const { graph } = this;
    graph.show(row);
    if (row !== null && this.stride === "row") this.stride = "value";
    this.#order();
    this.rows = row === null ? [...Array(graph.rows).keys()] : [row];
    this.stops = this.#stops();
    this.#rewind(this.rows.length);
    this.#advance(this.end);
    this.final = this.grads.slice();
    this.largest = this.final.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
    this.index = 0;
    this.go(0);
  }

  // What is computed, and along which edges gradients flow, in the rows that are shown.
  #order() {
    const { graph } = this;
    const isAll = graph.row === null || graph.absent.length === 1;
    this.order = isAll ? graph.order : graph.order.filter((node) => graph.isShown(node));
    this.seed = this.order.length + 1;
    this.edges = graph.back.toReversed().filter((node) => isAll || graph.isShown(node))
      .flatMap((node) => node.into.filter((edge) => !edge.isConstant && (isAll || graph.isShown(edge.source))));
    this.end = this.seed + this.edges.length;
    this.computedAt = new Int32Array(graph.nodes.length);
    this.passedAt = new Int32Array(graph.edges.length).fill(this.end + 1);
    this.order.forEach((node, place) => (this.computedAt[node.index] = place + 1));
    this.edges.forEach((edge, place) => (this.passedAt[edge.index] = this.seed + 1 + place));
  }

  // How far one step goes: "value", "neuron", "layer" or "row".
  setStride(stride) {
    const { position } = this;
    this.stride = stride;
    this.stops = this.#stops();
    this.go(stride === "row" ? 0 : this.#indexOf(position));
  }

  // The positions at which to stop; for rows, how many of them have been through.
  #stops() {
    if (this.stride === "value") return null;
    if (this.stride === "row") return [...Array(this.graph.rows + 1).keys()];
    const stops = [0];
    for (let at = 1; at <= this.end; at++) {
      if (at === this.end || at === this.seed || this.#runOf(at) !== this.#runOf(at + 1)) stops.push(at);
    }
    return stops;
  }

  // The group that a step belongs to: that of the value it computes, or whose gradient it passes on.
  #runOf(position) {
    const step = this.stepAt(position);
    const node = step.edge?.target ?? step.node;
    const kind = this.stride === "layer" ? "layer" : "neuron";
    let found = null;
    for (const group of ancestors(this.graph, node?.group)) if (group.kind === kind || (group.kind === "neuron" && !found)) found = group;
    return found ?? node;
  }

  #indexOf(position) {
    if (!this.stops) return position;
    const at = this.stops.findIndex((stop) => stop >= position);
    return at < 0 ? this.stops.length - 1 : at;
  }

  stepAt(position) {
    if (position <= 0) return { kind: "start" };
    if (position < this.seed) return { kind: "forward", node: this.order[position - 1] };
    if (position === this.seed) return { kind: "seed", node: this.graph.root };
    return { kind: "backward", edge: this.edges[position - this.seed - 1] };
  }

  get last() {
    return this.stops ? this.stops.length - 1 : this.end;
  }

  // What the present stop has done: one step, or all steps since the stop before.
  get step() {
    if (this.stride === "row") return { kind: "row", row: this.index - 1 };
    const step = this.stepAt(this.position);
    if (!this.stops || this.index === 0 || step.kind === "seed") return step;
    const before = this.stops[this.index - 1] + 1;
    if (before === this.position) return step;
    const run = this.#runOf(this.position);
    return { kind: step.kind, run, from: before, to: this.position, node: step.node, edge: step.edge };
  }

  get isBackward() {
    return this.stride === "row" ? this.index > 0 : this.position >= this.seed;
  }

  go(index) {
    this.index = Math.min(this.last, Math.max(0, Math.round(index) || 0));
    if (this.stride === "row") {
      this.#rewind(this.index);
      this.#advance(this.end);
      return;
    }
    const goal = this.stops ? this.stops[this.index] : this.index;
    if (goal < this.position || this.active !== this.rows.length) this.#rewind(this.rows.length);
    this.#advance(goal);
  }

  #rewind(active) {
    this.active = active;
    this.position = 0;
    this.before = null;
    this.grads.fill(0);
    this.adjoints = active * this.graph.nodes.length === this.adjoints?.length
      ? this.adjoints.fill(0) : new Float64Array(active * this.graph.nodes.length);
  }

  #advance(goal) {
    const { adjoints, grads, flows, active, rows, graph } = this;
    const [n, m] = [graph.nodes.length, graph.edges.length];
    for (let at = this.position + 1; at <= goal; at++) {
      if (at < this.seed) continue;
      if (at === this.seed) {
        const { index } = graph.root;
        for (let k = 0; k < active; k++) adjoints[k * n + index] = 1;
        grads[index] = 1;
        continue;
      }
      const { source, target, index } = this.edges[at - this.seed - 1];
      this.before = grads[source.index];
      let sum = 0;
      for (let k = 0; k < active; k++) {
        const product = passed(adjoints[k * n + target.index], graph.slopes[rows[k] * m + index]);
        adjoints[k * n + source.index] += product;
        sum += product;
      }
      grads[source.index] += sum;
      flows[index] = sum;
    }
    this.position = Math.max(this.position, goal);
  }

  isComputed(node) {
    return this.computedAt[node.index] <= this.position;
  }

  hasPassed(edge) {
    return this.active > 0 && this.passedAt[edge.index] <= this.position;
  }

  // Whether something has flowed back to a node.
  hasArrived(node) {
    return this.isBackward && (node.out.length === 0 || node.out.some((edge) => this.hasPassed(edge)));
  }

  // Whether all that flows back to a node has arrived.
  hasPassedAll(node) {
    return node.out.every((edge) => this.hasPassed(edge));
  }

  // The gradient to show: none before the way back begins, and none for constants.
  grad(node) {
    return this.isBackward && node.kind !== "constant" ? this.grads[node.index] : null;
  }

  // The gradient of a node in one of the rows that are shown.
  gradIn(place, node) {
    return this.adjoints[place * this.graph.nodes.length + node.index];
  }

  valueIn(place, node) {
    return this.graph.values[this.rows[place] * this.graph.nodes.length + node.index];
  }

  slopeIn(place, edge) {
    return this.graph.slopes[this.rows[place] * this.graph.edges.length + edge.index];
  }

  flow(edge) {
    return this.hasPassed(edge) ? this.flows[edge.index] : null;
  }
}
