// What a step does, in one line with names and numbers, and a second that says how.

function shortName(node) {
  const letters = Array.from(node.name);
  return letters.length > 24 ? `${letters.slice(0, 23).join("")}…` : node.name;
}

// ∂z/∂w, with the names of an edge's ends.
function ratio({ source, target }) {
  return ["∂", named(shortName(target)), "/∂", named(shortName(source))];
}

function writeStep(playback) {
  const { step, graph } = playback;
  switch (step.kind) {
    case "start": {
      const words = graph.order.length ? TEXT.start : TEXT.only_leaf;
      return { phase: "forward", tag: "", line: [make("span", { class: "words" }, words)], note: [] };
    }
    case "forward": {
      const { node } = step;
      const isPlain = node.numbers === written(node.data);
      return {
        phase: "forward", tag: node.group,
        line: [named(shortName(node)), " = ", named(node.formula, "formula")],
        note: [...(isPlain ? [] : ["= ", named(node.numbers, "formula"), " "]), "= ", make("b", {}, written(node.data))],
      };
    }
    case "seed":
      return {
        phase: "backward", tag: step.node.group,
        line: [named(shortName(step.node)), ".grad = ", make("b", {}, "1")],
        note: TEXT.seed.split("{name}").flatMap((text, i) => (i ? [named(shortName(graph.root)), text] : [text])),
      };
    default:
      return writeBackward(playback, step.edge);
  }
}

function writeBackward(playback, { source, target, derivative, formula }) {
  const adjoint = playback.grads[target.index], after = playback.grads[source.index];
  const [from, to] = [shortName(source), shortName(target)];
  const product = passed(adjoint, derivative);
  const sum = product === 0 && (adjoint === 0 || derivative === 0)
    ? say("nothing", { after: written(after) })
    : say("passes", { before: written(playback.before), passed: factor(product), after: written(after) });
  return {
    phase: "backward",
    tag: [...new Set([source.group, target.group])].filter(Boolean).join(" ← "),
    line: [named(from), ".grad += ", make("b", {}, written(adjoint)), " × ", make("b", {}, factor(derivative))],
    note: [
      named(to), ".grad × ", ...ratio({ source, target }), ...(formula ? [" = ", named(formula, "formula")] : []),
      make("span", { class: "apart" }, sum),
    ],
  };
}
