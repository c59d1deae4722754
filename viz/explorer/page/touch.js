// A leaf that is touched: all that follows from it is computed anew, by the rows of the calculus table.

// Whether every value follows from its operands: a comparison was made when the graph was, and is a constant in it.
function isLive(graph) {
  return graph.rows === 1 && graph.order.every(({ op, into }) => RULES.has(op) && !(op === "where" && into[0].isConstant));
}

// The operands of a row out of those of a node, one array for each sequence; what is left out has its default.
function operandsOf(rule, flat) {
  const { operands } = rule;
  const sequences = operands.filter(({ isSequence }) => isSequence).length;
  let single = Math.min(operands.length - sequences, flat.length);
  while (sequences && (flat.length - single) % sequences) single--;
  const length = sequences ? (flat.length - single) / sequences : 0;
  const rest = [...flat];
  return operands.map(({ isSequence, standard }) => {
    if (isSequence) return rest.splice(0, length);
    return rest.length ? rest.shift() : standard;
  });
}

// Give a leaf another number, in every row, and compute the rows anew.
function compute(graph, leaf, x) {
  const [n, m] = [graph.nodes.length, graph.edges.length];
  for (let row = 0; row < graph.rows; row++) {
    if (!graph.has(row, leaf)) continue;
    graph.values[row * n + leaf.index] = x;
    for (const node of graph.order) {
      if (!graph.has(row, node)) continue;
      const into = node.into.filter(({ source }) => graph.has(row, source));
      const rule = RULES.get(node.op);
      const operands = operandsOf(rule, into.map(({ source }) => graph.values[row * n + source.index]));
      const y = rule.result(...operands);
      graph.values[row * n + node.index] = y;
      const slopes = rule.partials.flatMap((partial, place) => {
        const slope = partial(y, ...operands);
        return Array.isArray(operands[place]) && !Array.isArray(slope) ? operands[place].map(() => slope) : slope;
      });
      into.forEach((edge, place) => {
        if (!edge.isConstant) graph.slopes[row * m + edge.index] = slopes[place];
      });
    }
  }
}

// The number of the selected leaf, above the drawing.
class Touch {
  constructor(app) {
    Object.assign(this, { app, box: byId("touch"), isLive: isLive(app.graph), node: null, numbers: new Map() });
  }

  // The numbers that an address holds.
  restore(pairs) {
    for (const [id, x] of pairs) {
      const node = this.app.graph.byId.get(id);
      if (this.isLive && node && !node.op && Number.isFinite(Number(x))) this.#set(node, Number(x));
    }
  }

  #set(node, x) {
    this.numbers.set(node.id, x);
    compute(this.app.graph, node, x);
  }

  show(node) {
    const { app, box } = this;
    if (node === this.node) return this.number?.refresh();
    this.node = node;
    box.hidden = !(this.isLive && node && node.index !== undefined && !node.op && node.kind !== "constant" && !node.isMean);
    if (box.hidden) return;
    const set = (x) => {
      this.#set(node, x);
      app.showRow(app.graph.row);
    };
    this.number = scrub({ label: node.label || node.name, get: () => node.data, set });
    box.replaceChildren(named(shortName(node)), " = ", this.number.element);
  }
}
