// The δ report of one neuron: what the error asks of it, how far it answers, and what its parameters get for it.

function neuronReport(group, uses, app) {
  return uses.map((use, place) => make(
    "section", { class: "report" },
    uses.length > 1 ? make("h3", {}, say("use", { number: place + 1 })) : null,
    make("h3", {}, TEXT.delta_title),
    deltaProduct(use),
    ...use.remarks.map((remark) => make("p", { class: "remark" }, remark)),
    make("h3", {}, TEXT.what_learns),
    parameterTable(group, use),
    use.pressure.length > 1 ? pressureTable(use, app) : null,
    make("details", { open: true }, make("summary", {}, TEXT.step_by_step), derivationTable(use.derivation)),
  ));
}

// δ = ∂C/∂a × σ'(z), one factor below the other like a sum on paper, each with its meaning.
function deltaProduct(use) {
  const [contribution, activity] = [Number(use.contribution), Number(use.activity)];
  const line = (sign, symbol, number, meaning) => make(
    "tr", { class: signOf(number) },
    make("td", {}, sign), make("th", { scope: "row" }, make("i", {}, symbol)),
    make("td", { class: "number", title: exact(number) }, written(number)), make("td", {}, meaning),
  );
  return make(
    "table", { class: "product" },
    make("tbody", {}, line("", "∂C/∂a", contribution, TEXT.contribution), line("×", "σ'(z)", activity, TEXT.activity)),
    make("tfoot", {}, line("=", "δ", passed(contribution, activity), TEXT.delta)),
  );
}

function parameterTable(group, use) {
  const delta = Number(use.delta);
  const row = (name, input, symbol, gradient) => make(
    "tr", {}, make("th", { scope: "row" }, name), make("td", {}, make("i", {}, `δ · ${symbol}`), symbol === "a" ? make("sub", {}, "in") : ""),
    make("td", { class: "number" }, `${written(delta)} × ${factor(input)}`),
    make("td", { class: "number result", title: exact(gradient) }, written(gradient)),
  );
  const weights = use.weight_gradients.map((gradient, i) => row(`w${i}`, Number(use.inputs[i]), "a", Number(gradient)));
  const bias = use.bias === null ? [] : [row("b", 1, "1", Number(use.bias_gradient))];
  return make("table", {}, make("tbody", {}, ...weights, ...bias));
}

function pressureTable(use, app) {
  const link = (path) => (app.graph.groups.has(path)
    ? make("button", { type: "button", class: "link", onclick: () => app.select(path, true) }, path) : path);
  return make(
    "div", {}, make("h3", {}, TEXT.pressure),
    make(
      "table", {},
      make("thead", {}, make("tr", {}, ...[TEXT.next_neuron, "w", "δ", "w · δ"].map((head, i) => make("th", { scope: "col", class: i ? "number" : false }, head)))),
      make("tbody", {}, ...use.pressure.map((term) => make(
        "tr", {}, make("th", { scope: "row" }, link(term.to)),
        ...[term.weight, term.delta, term.product].map((x) => make("td", { class: "number", title: exact(Number(x)) }, written(Number(x)))),
      ))),
      make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, make("i", {}, "∂C/∂a")), make("td", { colspan: 2 }), make("td", { class: "number" }, written(Number(use.contribution))))),
    ),
  );
}

function derivationTable(lines) {
  return make("table", { class: "derivation" }, make("tbody", {}, ...lines.map(([symbol, ...chain]) => make(
    "tr", {}, make("th", { scope: "row" }, make("i", {}, symbol)),
    make("td", {}, ...chain.map((part, i) => make("span", { class: i === chain.length - 1 ? "result" : "" }, `= ${part}`))),
  ))));
}
