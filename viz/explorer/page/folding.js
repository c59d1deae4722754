// What is to be seen when some neurons and layers are folded: boxes within boxes, and the lines between what is in them.

// Wide enough for two numbers such as −0.0001234 side by side.
const SIZES = { node: [184, 44], constant: [52, 26], group: [224, 54] };

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
      if (isFolded) [box.width, box.height] = SIZES.group;
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
    const key = `${from.key} ${to.key}`;
    if (!lines.has(key)) lines.set(key, { key, from, to, edges: [] });
    lines.get(key).edges.push(edge);
  }
  return [...lines.values()];
}

// What may be folded to begin with: nothing, the neurons, the layers too.
function foldingLevels(graph) {
  const paths = [...graph.groups.keys()];
  const isLayer = (path) => graph.groups.get(path).inner.length > 0;
  return [[], paths.filter((path) => !isLayer(path)), paths].map((level) => new Set(level));
}
