// The paths from the root back to one value, strongest first, and what the others add up to: one sweep each way over
// the graph, as in autograd.trace_gradient, whatever the number of paths.

const PATHS_SHOWN = 8;

function strongestPaths(graph, leaf, k = PATHS_SHOWN) {
  const nodes = leaf.op ? graph.order : [leaf, ...graph.order];
  const tangents = new Map([[leaf, 1]]);
  for (const node of nodes.slice(nodes.indexOf(leaf) + 1)) {
    for (const edge of node.into) {
      if (edge.isConstant || !tangents.has(edge.source)) continue;
      tangents.set(node, (tangents.get(node) ?? 0) + passed(tangents.get(edge.source), edge.derivative));
    }
  }
  if (!tangents.has(graph.root)) return null;
  const counts = new Map([[graph.root, 1n]]);
  const prefixes = new Map([[graph.root, [{ product: 1, edge: null, before: null }]]]);
  for (const node of nodes.toReversed()) {
    if (node === leaf || !tangents.has(node) || !prefixes.has(node)) continue;
    const best = strongest(prefixes.get(node), k);
    prefixes.delete(node);
    for (const edge of node.into) {
      if (edge.isConstant || !tangents.has(edge.source)) continue;
      counts.set(edge.source, (counts.get(edge.source) ?? 0n) + counts.get(node));
      const longer = best.map((before) => ({ product: passed(before.product, edge.derivative), edge, before }));
      prefixes.set(edge.source, (prefixes.get(edge.source) ?? []).concat(longer));
    }
  }
  const paths = strongest(prefixes.get(leaf), k);
  return {
    paths: paths.map((end) => ({ product: end.product, edges: edgesOf(end) })),
    count: counts.get(leaf),
    remainder: remainder(graph, paths, tangents),
  };
}

function strongest(prefixes, k) {
  const size = ({ product }) => (Number.isNaN(product) ? Infinity : Math.abs(product));
  const order = (one, other) => (size(one) === size(other) ? 0 : size(other) - size(one));
  return prefixes.toSorted(order).slice(0, k);
}

function edgesOf(end) {
  const edges = [];
  for (let prefix = end; prefix.edge; prefix = prefix.before) edges.push(prefix.edge);
  return edges.reverse();
}

// The paths that leave the listed ones, each where it leaves: no large numbers are subtracted for it.
function remainder(graph, ends, tangents) {
  const taken = new Map();
  for (const end of ends) {
    for (let prefix = end; prefix.edge; prefix = prefix.before) {
      if (!taken.has(prefix.before)) taken.set(prefix.before, new Set());
      taken.get(prefix.before).add(prefix.edge);
    }
  }
  let sum = 0;
  for (const [before, edges] of taken) {
    const node = before.edge ? before.edge.source : graph.root;
    for (const edge of node.into) {
      if (edge.isConstant || edges.has(edge) || !tangents.has(edge.source)) continue;
      sum += passed(passed(before.product, edge.derivative), tangents.get(edge.source));
    }
  }
  return sum;
}
