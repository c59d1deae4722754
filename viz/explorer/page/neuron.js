// The δ report of one neuron: what the error asks of it, how far it answers, and what its parameters get for it; of a
// batch each row, their sum Σδ and the weights' ΔᵀA. All numbers are those of the present step.

const ROWS_SHOWN = 40;

function neuronReport(group, app) {
  const uses = usesOf(allIn(group));
  const { graph } = app;
  return uses.slice(0, ROWS_SHOWN).map((use, place) => make(
    "section", { class: "report" },
    uses.length > 1 ? make("h3", {}, say("use", { number: place + 1 })) : null,
    make("h3", {}, TEXT.delta_title),
    ...(graph.row === null ? batchReport(use, app) : rowReport(use, group, app)),
  )).concat(uses.length > ROWS_SHOWN ? [make("p", { class: "about" }, say("more_paths", { count: uses.length - ROWS_SHOWN }))] : []);
}

// The figures of one use in one of the rows that are shown: what is not known yet at this step is null.
function figuresOf({ z, a, edge }, place, playback) {
  const isKnown = playback.isBackward && place < playback.active;
  const at = (node) => (isKnown && playback.hasArrived(node) ? playback.gradIn(place, node) : null);
  const activity = edge ? playback.slopeIn(place, edge) : 1;
  const parameters = z.into.filter((each) => !each.isConstant && each.source.kind === "parameter");
  const half = Math.floor(z.into.length / 2);
  const inputOf = (each) => (z.op === "dot" && z.into.indexOf(each) < half ? z.into[z.into.indexOf(each) + half].source : null);
  const isDone = (node) => playback.isComputed(node);
  const learns = parameters.map((each) => {
    const input = inputOf(each);
    return { name: each.source.name, input, value: input ? playback.valueIn(place, input) : playback.slopeIn(place, each) };
  });
  return {
    z: isDone(z) ? playback.valueIn(place, z) : null, a: isDone(a) ? playback.valueIn(place, a) : null,
    contribution: at(a), activity: isDone(a) ? activity : null, delta: at(z), learns,
  };
}

// δ = ∂C/∂a × σ'(z), one factor below the other like a sum on paper, each with its meaning.
function rowReport(use, group, app) {
  const { playback } = app;
  const figures = figuresOf(use, 0, playback);
  const line = (sign, symbol, number, meaning) => {
    const row = tableRow(symbol, [number ?? "·", make("span", {}, meaning)]);
    row.className = number === null ? "" : signOf(number);
    row.prepend(make("td", {}, sign));
    return row;
  };
  const { contribution, activity, delta } = figures;
  const remark = delta === null || !playback.hasPassedAll(use.z) ? "" : remarkOn(figures, group, app);
  return [
    make(
      "table", { class: "product" },
      make("tbody", {}, line("", "∂C/∂a", contribution, TEXT.contribution), line("×", "σ'(z)", activity, TEXT.activity)),
      make("tfoot", {}, line("=", "δ", delta, TEXT.delta)),
    ),
    remark ? make("p", { class: "remark" }, remark) : null,
    make("h3", {}, TEXT.what_learns),
    parameterTable(figures),
    ...pressureTable(use, app),
    make("details", { open: true }, make("summary", {}, TEXT.step_by_step), derivationTable(use, figures)),
  ];
}

function remarkOn({ z, contribution, activity, delta, learns }, group, app) {
  const { flat } = app.graph.neurons[group.path] ?? { flat: 0 };
  const inputs = learns.filter(({ input }) => input);
  const key = !Number.isFinite(delta) ? "odd" : contribution === 0 ? "no_error" : activity === 0 ? "is_off"
    : inputs.length && inputs.every(({ value }) => value === 0) ? (inputs.length < learns.length ? "no_input" : "no_input_unbiased")
      : Math.abs(activity) < flat ? "is_saturated" : "";
  return key && say(key, { name: groupName(group), z: written(z), activity: `${(100 * Math.abs(activity)).toFixed(2)}%` });
}

function parameterTable({ delta, learns }) {
  const rows = learns.map(({ name, input, value }) => tableRow(make("span", {}, name), [
    make("i", {}, "δ · ", ...(input ? ["a", make("sub", {}, "in")] : ["1"])),
    make("span", {}, delta === null ? "·" : `${written(delta)} × ${factor(value)}`), delta === null ? "·" : passed(delta, value),
  ]));
  return make("table", {}, make("tbody", {}, ...rows));
}

// What each of the next neurons asks for: its weight times its δ.
function pressureTable({ a }, app) {
  const { graph, playback } = app;
  if (a.out.length < 2) return [];
  const rows = a.out.slice(0, ROWS_SHOWN).map((edge) => {
    const to = edge.target.group, delta = playback.hasArrived(edge.target) ? playback.gradIn(0, edge.target) : null;
    const name = graph.groups.has(to) ? app.panel.button(to, () => app.select(to, true)) : make("span", {}, edge.target.name);
    return tableRow(name, [edge.derivative, delta ?? "·", delta === null ? "·" : passed(delta, edge.derivative)]);
  });
  return [
    make("h3", {}, TEXT.pressure),
    make(
      "table", {},
      tableHead([TEXT.next_neuron, "w", "δ", "w · δ"]),
      make("tbody", {}, ...rows),
      make("tfoot", {}, tableRow("∂C/∂a", ["", "", playback.hasArrived(a) ? playback.gradIn(0, a) : "·"])),
    ),
  ];
}

function derivationTable({ z, a, edge }, figures) {
  const { contribution, activity, delta, learns } = figures;
  const slope = edge ? slopeOf(edge) : "";
  const sum = (text) => text.split(/(?= [+−] )/);
  const chain = (symbol, ...parts) => {
    const steps = parts.filter((part) => part !== "" && part !== null).map((part) => (typeof part === "number" ? written(part) : part));
    const spans = steps.map((part, i) => make("span", { class: i === steps.length - 1 && "result" }, "= ", ...sum(part)));
    return make("tr", {}, make("th", { scope: "row" }, make("i", {}, symbol)), make("td", {}, ...spans));
  };
  const known = delta !== null;
  const inputs = learns.filter(({ input }) => input).slice(0, 4);
  const listed = (numbers) => `(${numbers.map((x) => written(x)).join(", ")}${learns.length > 5 ? ", …" : ""})`;
  const rows = [
    figures.z === null ? null : chain("z", formulaOf(z), numbersOf(z), figures.z),
    z === a || figures.a === null ? null : chain("a", formulaOf(a), numbersOf(a), figures.a),
    z === a || figures.a === null ? null : chain("σ'(z)", slope, activity),
    known ? chain("δ", "∂C/∂a · σ'(z)", `${written(contribution)} · ${factor(activity)}`, delta) : null,
    known && inputs.length ? chain("∂C/∂w", "δ · a_in", `${written(delta)} · ${listed(inputs.map(({ value }) => value))}`,
      listed(inputs.map(({ value }) => passed(delta, value)))) : null,
    known && inputs.length < learns.length ? chain("∂C/∂b", "δ · 1", delta) : null,
  ];
  return make("table", { class: "derivation" }, make("tbody", {}, ...rows.filter(Boolean)));
}

// Every row of a batch, the strongest ones, and the sums that its parameters get.
function batchReport(use, app) {
  const { playback, graph } = app;
  const rows = playback.rows.map((row, place) => ({ row, ...figuresOf(use, place, playback) }));
  const size = ({ delta }) => (Number.isNaN(delta) ? Infinity : Math.abs(delta ?? 0));
  const shown = rows.toSorted((x, y) => size(y) - size(x)).slice(0, 12).sort((x, y) => x.row - y.row);
  const cells = shown.map(({ row, contribution, activity, delta }) => tableRow(
    app.panel.button(say("row_of", { row: row + 1, count: graph.rows }), () => app.showRow(row)),
    [contribution ?? "·", activity ?? "·", delta ?? "·"],
  ));
  const isKnown = playback.isBackward;
  const total = isKnown ? playback.grads[use.z.index] : "·";
  const gradients = rows[0].learns.map(({ name, input }, place) => tableRow(make("span", {}, name), [
    make("i", {}, ...(input ? ["Σ δ · a", make("sub", {}, "in")] : ["Σ δ · 1"])),
    isKnown ? rows.reduce((sum, { delta, learns }) => sum + (delta === null ? 0 : passed(delta, learns[place].value)), 0) : "·",
  ]));
  return [
    make(
      "table", {},
      tableHead([TEXT.row, "∂C/∂a", "σ'(z)", "δ"]),
      make("tbody", {}, ...cells),
      make("tfoot", {}, tableRow("Σδ", ["", "", total])),
    ),
    rows.length > shown.length ? make("p", { class: "about" }, say("strongest_rows", { shown: shown.length, count: rows.length })) : null,
    make("h3", {}, TEXT.what_learns),
    make("p", { class: "about" }, TEXT.sums_why),
    make("table", {}, make("tbody", {}, ...gradients)),
  ];
}
