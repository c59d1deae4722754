// What is to be seen when some neurons and layers are folded: boxes within boxes, and the lines between what is in them.

// Wide enough for a name, and below it for one number such as −0.0001234 a line.
const SIZES = { node: [128, 62], constant: [52, 26], group: [146, 66], layer: [170, 84] };

// A tree of boxes. Leaves of it are nodes and folded groups; an inner box is an unfolded group.
function foldedTree(graph, closed) {
  const root = { key: "", items: [], parent: null };
  const boxes = new Map([["", root]]);
  const shown = new Map();  // node -> the item that stands for it

  function boxOf(path) {
    if (boxes.has(path)) return boxes.get(path);
    const group = graph.groups.get(path);
    const parent = boxOf(group.parent);
    const isFolded = parent.isFolded || closed.has(path);
    let box = parent;
    if (!parent.isFolded) {
      box = { key: path, group, isFolded, items: [], nodes: [], parent };
      if (isFolded) [box.width, box.height] = SIZES[group.kind === "layer" ? "layer" : "group"];
      parent.items.push(box);
    }
    boxes.set(path, box);
    return box;
  }

  for (const node of graph.nodes) {
    const box = boxOf(node.group);
    if (box.isFolded) {
      box.nodes.push(node);
      shown.set(node, box);
      continue;
    }
    const [width, height] = SIZES[node.kind === "constant" ? "constant" : "node"];
    const item = { key: node.id, node, nodes: [node], parent: box, width, height };
    box.items.push(item);
    shown.set(node, item);
  }
  return { root, boxes, shown, lines: visibleLines(graph, shown) };
}

// One line for all edges between the same two things, and its way: through which boxes it goes.
function visibleLines(graph, shown) {
  const lines = new Map();
  for (const edge of graph.edges) {
    const from = shown.get(edge.source), to = shown.get(edge.target);
    if (from === to) continue;
    if (!lines.has(from)) lines.set(from, new Map());
    const leaving = lines.get(from);
    if (!leaving.has(to)) leaving.set(to, { key: `${from.key} ${to.key}`, from, to, edges: [] });
    leaving.get(to).edges.push(edge);
  }
  return [...lines.values()].flatMap((leaving) => [...leaving.values()]);
}

// What may be folded to begin with: nothing but parts of what is long, the neurons, the layers too.
function foldingLevels(graph) {
  const groups = [...graph.groups.values()];
  const closed = (...kinds) => new Set(groups.filter(({ kind }) => kinds.includes(kind)).map(({ path }) => path));
  const levels = [["part"], ["part", "inputs"], ["part", "inputs", "neuron"], ["part", "inputs", "neuron", "layer"]]
    .map((kinds) => closed(...kinds));
  return levels.filter((level, i) => i === 0 || level.size > levels[i - 1].size);
}
