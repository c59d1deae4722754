// The graph as the scripts see it: nodes that know their edges, groups that know their members, and the numbers of one
// row, or of all rows together.

function doubles(text) {
  const bytes = atob(text), buffer = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) buffer[i] = bytes.charCodeAt(i);
  return new Float64Array(buffer.buffer);
}

class Graph {
  constructor(data) {
    this.nodes = data.nodes.map(([kind, op, name, label, formula, group, part], index) => ({
      index, kind, op: data.ops[op][0], symbol: data.ops[op][1], name, label, group, part, id: "",
      formula: data.formulas[formula], data: 0, isMean: false, into: [], out: [],
    }));
    this.edges = data.edges.map(([source, target, formula], index) => ({
      index, formula: data.formulas[formula], source: this.nodes[source], target: this.nodes[target],
      isConstant: this.nodes[source].kind === "constant", derivative: null,
    }));
    for (const edge of this.edges) {
      edge.target.into.push(edge);
      edge.source.out.push(edge);
    }
    let count = 0;
    for (const node of this.nodes) if (node.kind !== "constant") node.id = `v${count++}`;
    for (const node of this.nodes) {
      node.into.forEach((edge, place) => {
        if (edge.isConstant) edge.source.id = `c${node.id.slice(1)}_${place}`;
      });
    }
    this.order = data.order.map((index) => this.nodes[index]);
    this.back = data.back.map((index) => this.nodes[index]);
    this.root = this.order.at(-1) ?? this.nodes.at(-1);
    this.byId = new Map(this.nodes.map((node) => [node.id, node]));
    this.neurons = data.neurons;
    this.#group(data.groups);
    this.rows = data.rows;
    this.forms = data.forms;
    this.absent = data.absent.map((places) => new Set(places.map((place) => this.nodes[place])));
    this.values = doubles(data.data);
    this.slopes = doubles(data.derivatives);
    this.show(this.rows > 1 ? null : 0);
  }

  #group(found) {
    this.groups = new Map();
    for (const [path, [parent, kind]] of Object.entries(found)) {
      this.groups.set(path, { path, parent, kind, members: [], inner: [], size: 0 });
    }
    for (const group of this.groups.values()) this.groups.get(group.parent)?.inner.push(group);
    for (const node of this.nodes) {
      this.groups.get(node.group)?.members.push(node);
      for (const group of ancestors(this, node.group)) group.size++;
    }
  }

  // Whether a row has a node: rows of another class may have another loss.
  has(row, node) {
    return !this.absent[this.forms[row]].has(node);
  }

  // Whether a node is in what is shown: all rows, or the present one.
  isShown(node) {
    return this.row === null || this.has(this.row, node);
  }

  // Take the numbers of a row; of all together for null: means, where the rows differ.
  show(row) {
    this.row = row;
    if (row !== null) return this.#showOne(row);
    const rows = [...Array(this.rows).keys()];
    const [n, m] = [this.nodes.length, this.edges.length];
    const mean = (numbers, width, index, node) => {
      let first = null, sum = 0, count = 0, isSame = true;
      for (const each of rows) {
        if (this.absent.length > 1 && !this.has(each, node)) continue;
        const x = numbers[each * width + index];
        first ??= x;
        sum += x;
        count++;
        if (!Object.is(x, first)) isSame = false;
      }
      return isSame ? [first ?? 0, false] : [sum / count, true];
    };
    for (const node of this.nodes) [node.data, node.isMean] = mean(this.values, n, node.index, node);
    for (const edge of this.edges) {
      if (!edge.isConstant) [edge.derivative, edge.isMean] = mean(this.slopes, m, edge.index, edge.target);
    }
  }

  #showOne(row) {
    const { nodes, edges, values, slopes } = this;
    for (let i = 0, at = row * nodes.length; i < nodes.length; i++, at++) {
      nodes[i].data = values[at];
      nodes[i].isMean = false;
    }
    for (let i = 0, at = row * edges.length; i < edges.length; i++, at++) {
      if (!edges[i].isConstant) edges[i].derivative = slopes[at];
      edges[i].isMean = false;
    }
  }
}

// The number of a node as it is written: a mean over rows says that it is one.
function dataOf(node) {
  return `${node.isMean ? "⌀ " : ""}${written(node.data)}`;
}

// A formula with the names of the operands and of the result, or with their numbers.
function filledIn(formula, { into }, result, isNamed) {
  const put = (node, before, after) => {
    if (isNamed) return shortName(node);
    const isAlone = (before === "" || before.endsWith("(") || before.endsWith(", ")) && /^[),]|^$/.test(after);
    return isAlone ? written(node.data) : factor(node.data);
  };
  return formula.replace(/⟨(\w+)⟩/g, (all, place, at) => {
    const node = place === "y" ? result : into[Number(place)].source;
    return put(node, formula.slice(0, at), formula.slice(at + all.length));
  });
}

const formulaOf = (node) => filledIn(node.formula, node, node, true);
const numbersOf = (node) => filledIn(node.formula, node, node, false);
const slopeOf = (edge) => filledIn(edge.formula, edge.target, edge.target, true);

// A neuron's preactivations, one for each time it is used, and what leaves it.
function usesOf(members) {
  return members.filter((node) => node.part === "z").map((z) => {
    const edge = z.out.find(({ target }) => target.part === "a");
    return { z, a: edge?.target ?? z, edge };
  });
}

// All that is in a group, and in the groups in it.
function allIn(group) {
  return [...group.members, ...group.inner.flatMap(allIn)];
}

// "layers.0.neurons.1" is "neuron 1" within "layers.0"; a neuron that is all of its layer has the layer's name.
function groupName(group) {
  if (group.kind === "part") return say("part", { count: group.size.toLocaleString("en") });
  if (group.kind === "inputs") return TEXT.inputs;
  const [, layer, number] = group.path.match(/^(.*?)\.?neurons\.(\d+)$/) ?? [];
  if (!number) return group.path;
  return group.parent || !layer ? `${TEXT.neuron} ${number}` : layer;
}

function* ancestors(graph, path) {
  for (let group = graph.groups.get(path); group; group = graph.groups.get(group.parent)) yield group;
}
