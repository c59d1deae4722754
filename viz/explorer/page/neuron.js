// The δ report of one neuron: what the error asks of it, how far it answers, and what its parameters get for it.

function neuronReport(group, uses, app) {
  return uses.map((use, place) => make(
    "section", { class: "report" },
    uses.length > 1 ? make("h3", {}, say("use", { number: place + 1 })) : null,
    make("h3", {}, TEXT.delta_title),
    deltaProduct(use),
    ...use.remarks.map((remark) => make("p", { class: "remark" }, remark)),
    make("h3", {}, TEXT.what_learns),
    parameterTable(use),
    ...(use.pressure.length > 1 ? [make("h3", {}, TEXT.pressure), pressureTable(use, app)] : []),
    make("details", { open: true }, make("summary", {}, TEXT.step_by_step), derivationTable(use.derivation)),
  ));
}

// δ = ∂C/∂a × σ'(z), one factor below the other like a sum on paper, each with its meaning.
function deltaProduct(use) {
  const [contribution, activity] = [Number(use.contribution), Number(use.activity)];
  const line = (sign, symbol, number, meaning) => {
    const row = tableRow(symbol, [number, make("span", {}, meaning)]);
    row.className = signOf(number);
    row.prepend(make("td", {}, sign));
    return row;
  };
  return make(
    "table", { class: "product" },
    make("tbody", {}, line("", "∂C/∂a", contribution, TEXT.contribution), line("×", "σ'(z)", activity, TEXT.activity)),
    make("tfoot", {}, line("=", "δ", passed(contribution, activity), TEXT.delta)),
  );
}

function parameterTable(use) {
  const delta = Number(use.delta);
  const row = (name, input, symbol, gradient) => tableRow(make("span", {}, name), [
    make("i", {}, "δ · ", ...symbol), make("span", {}, `${written(delta)} × ${factor(input)}`), Number(gradient),
  ]);
  const input = () => ["a", make("sub", {}, "in")];
  const rows = use.weight_gradients.map((gradient, i) => row(`w${i}`, Number(use.inputs[i]), input(), gradient));
  if (use.bias !== null) rows.push(row("b", 1, ["1"], use.bias_gradient));
  return make("table", {}, make("tbody", {}, ...rows));
}

function pressureTable(use, app) {
  const rows = use.pressure.map(({ to, weight, delta, product }) => tableRow(
    app.graph.groups.has(to) ? app.panel.button(to, () => app.select(to, true)) : make("span", {}, to),
    [weight, delta, product].map(Number),
  ));
  return make(
    "table", {},
    tableHead([TEXT.next_neuron, "w", "δ", "w · δ"]),
    make("tbody", {}, ...rows),
    make("tfoot", {}, tableRow("∂C/∂a", ["", "", Number(use.contribution)])),
  );
}

function derivationTable(lines) {
  const steps = (chain) => chain.map((part, i) => make("span", { class: i === chain.length - 1 && "result" }, `= ${part}`));
  const rows = lines.map(([symbol, ...chain]) => make(
    "tr", {}, make("th", { scope: "row" }, make("i", {}, symbol)), make("td", {}, ...steps(chain)),
  ));
  return make("table", { class: "derivation" }, make("tbody", {}, ...rows));
}
