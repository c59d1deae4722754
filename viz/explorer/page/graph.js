// The graph as the scripts see it: nodes that know their edges, groups that know their members.

function readGraph(data) {
  const nodes = data.nodes.map((node, index) => ({
    name: "", label: "", group: "", op: "", symbol: "", formula: "", numbers: "",
    ...node, index, data: Number(node.data), into: [], out: [],
  }));
  const edges = data.edges.map(([source, target, derivative, formula], index) => ({
    index, formula, source: nodes[source], target: nodes[target],
    derivative: derivative === null ? null : Number(derivative),
  }));
  for (const edge of edges) {
    edge.target.into.push(edge);
    edge.source.out.push(edge);
  }
  for (const node of nodes) node.name ||= written(node.data);
  const order = data.order.map((index) => nodes[index]);
  const groups = new Map();
  for (const [path, parent] of Object.entries(data.groups)) groups.set(path, { path, parent, members: [], inner: [] });
  for (const group of groups.values()) groups.get(group.parent)?.inner.push(group);
  for (const node of nodes) groups.get(node.group)?.members.push(node);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return { nodes, edges, order, groups, byId, root: order.at(-1) ?? nodes.at(-1), neurons: data.neurons };
}

// A neuron's preactivation, and what leaves it.
function neuronEnds(group) {
  const find = (part) => group.members.find((node) => node.part === part);
  return { z: find("z"), a: find("a") ?? find("z") };
}

// "layers.0.neurons.1" is "layers.0 · neuron 1", and within "layers.0" just "neuron 1".
function groupName(group) {
  const [, layer, number] = group.path.match(/^(.*?)\.?neurons\.(\d+)$/) ?? [];
  if (!number) return group.path;
  return group.parent || !layer ? `${TEXT.neuron} ${number}` : `${layer} · ${TEXT.neuron} ${number}`;
}

function* ancestors(graph, path) {
  for (let group = graph.groups.get(path); group; group = graph.groups.get(group.parent)) yield group;
}
