// What a step does, in one line with names and numbers, and a second that says how.

function shortName(node) {
  if (node.kind === "constant") return dataOf(node);
  const letters = Array.from(node.name);
  return letters.length > 24 ? `${letters.slice(0, 23).join("")}…` : node.name;
}

// ∂z/∂w, with the names of an edge's ends.
function ratio({ source, target }) {
  return ["∂", named(shortName(target)), "/∂", named(shortName(source))];
}

function writeStep(playback) {
  const { step, graph } = playback;
  if (step.run && !step.run.kind.match(/neuron|layer/)) return writeStep(singled(playback, step));
  if (step.run) return writeRun(playback, step);
  switch (step.kind) {
    case "start": {
      const words = graph.order.length ? TEXT.start : TEXT.only_leaf;
      return { phase: "forward", tag: "", line: [make("span", { class: "words" }, words)], note: [] };
    }
    case "row":
      return writeRow(playback, step.row);
    case "forward":
      return writeForward(step.node);
    case "seed": {
      const slope = playback.grads[graph.root.index];
      const why = TEXT.seed;
      return {
        phase: "backward", tag: step.node.group,
        line: [named(shortName(step.node)), ".grad = ", make("b", {}, written(slope))],
        note: why.split("{name}").flatMap((text, i) => (i ? [named(shortName(graph.root)), text] : [text])),
      };
    }
    default:
      return writeBackward(playback, step.edge);
  }
}

// A run of values that belong to no neuron is told by its last step.
function singled(playback, { kind, node, edge }) {
  return { __proto__: playback, graph: playback.graph, grads: playback.grads, before: playback.before, step: { kind, node, edge } };
}

function writeForward(node) {
  if (!node.formula) return { phase: "forward", tag: "", line: [named(shortName(node)), " = ", make("b", {}, dataOf(node))], note: [TEXT.rows_meet] };
  const numbers = numbersOf(node), formula = formulaOf(node);
  const isPlain = node.isMean || numbers === written(node.data);
  return {
    phase: "forward", tag: node.group,
    line: [named(shortName(node)), " = ", named(formula, "formula")],
    note: [...(isPlain ? [] : ["= ", named(numbers, "formula"), " "]), "= ", make("b", {}, dataOf(node))],
  };
}

// A whole neuron or layer at once.
function writeRun(playback, { kind, run }) {
  const { graph } = playback;
  const uses = usesOf(allIn(run));
  const sum = graph.row === null ? "Σ " : "";
  const figures = (write) => uses.slice(0, 4).flatMap((use, i) => [i ? ",  " : "", ...write(use)])
    .concat(uses.length > 4 ? [",  …"] : []);
  if (kind === "forward") {
    return {
      phase: "forward", tag: "", line: [named(run.path)],
      note: figures(({ z, a }) => (z === a ? [`z = ${dataOf(z)}`] : [`z = ${dataOf(z)}, a = `, make("b", {}, dataOf(a))])),
    };
  }
  return {
    phase: "backward", tag: "", line: [named(run.path)],
    note: figures(({ z }) => [`${sum}δ = `, make("b", {}, written(playback.grads[z.index]))]),
  };
}

function writeRow(playback, row) {
  const { graph } = playback;
  const results = graph.root.into.map((edge) => edge.source);
  const result = row < 0 ? null : results.find((node) => graph.has(row, node));
  return {
    phase: row < 0 ? "forward" : "backward", tag: "",
    line: [make("span", { class: "words" }, row < 0 ? TEXT.no_rows : say("row_of", { row: row + 1, count: graph.rows }))],
    note: row < 0 ? [] : [named(shortName(result)), ` = ${written(graph.values[row * graph.nodes.length + result.index])}`, make("span", { class: "apart" }, TEXT.row_adds)],
  };
}

function writeBackward(playback, edge) {
  const { source, target } = edge, { graph } = playback;
  const adjoint = playback.grads[target.index], after = playback.grads[source.index];
  const [from, to] = [shortName(source), shortName(target)];
  const tag = [...new Set([source.group, target.group])].filter(Boolean).join(" ← ");
  const formula = slopeOf(edge);
  const how = [named(to), ".grad × ", ...ratio(edge), ...(formula ? [" = ", named(formula, "formula")] : [])];
  if (graph.row === null) {
    const all = say("over_rows", { count: graph.rows });
    return {
      phase: "backward", tag, line: [named(from), ".grad += Σ ", ...how], note: [`= ${written(playback.flows[edge.index])}`, make("span", { class: "apart" }, all)],
    };
  }
  const { derivative } = edge;
  const product = passed(adjoint, derivative);
  const sum = product === 0 && (adjoint === 0 || derivative === 0)
    ? say("nothing", { after: written(after) })
    : say("passes", { before: written(playback.before), passed: factor(product), after: written(after) });
  return {
    phase: "backward", tag,
    line: [named(from), ".grad += ", make("b", {}, written(adjoint)), " × ", make("b", {}, factor(derivative))],
    note: [...how, make("span", { class: "apart" }, sum)],
  };
}
