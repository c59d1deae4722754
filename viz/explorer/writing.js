// What a step does, in one line with names and numbers, and a second that says how.

const shortName = (node) => (Array.from(node.name).length > 24 ? `${Array.from(node.name).slice(0, 23).join("")}…` : node.name);

function writeStep(playback) {
  const { step, graph } = playback;
  switch (step.kind) {
    case "start":
      return { phase: "forward", tag: "", line: [make("span", { class: "words" }, graph.order.length ? TEXT.start : TEXT.only_leaf)], note: [] };
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
        note: say("seed", { name: "\u0000" }).split("\u0000").flatMap((text, i) => (i ? [named(shortName(graph.root)), text] : [text])),
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
    tag: source.group && target.group && source.group !== target.group ? `${source.group} ← ${target.group}` : source.group || target.group,
    line: [named(from), ".grad += ", make("b", {}, written(adjoint)), " × ", make("b", {}, factor(derivative))],
    note: [
      named(to), ".grad × ∂", named(to), "/∂", named(from), formula ? " = " : "", formula ? named(formula, "formula") : "",
      make("span", { class: "apart" }, sum),
    ],
  };
}
