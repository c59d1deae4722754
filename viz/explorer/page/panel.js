// The details beside the drawing: of the whole, of one value with the paths of its gradient, or of one neuron.

const LEAVES_SHOWN = 12, EDGES_SHOWN = 60;

class Panel {
  constructor(element, app) {
    Object.assign(this, { element, app, chosen: null, state: null, leaves: null });
  }

  show(chosen) {
    this.chosen = chosen;
    this.state = null;
    this.live();
    requestAnimationFrame(() => (this.element.scrollTop = 0));
  }

  // Write the numbers of the present step.
  live() {
    const { playback, graph } = this.app;
    const state = [playback.stride, playback.index, graph.row].join(" ");
    if (state === this.state) return;
    this.state = state;
    const top = this.element.scrollTop;
    const { chosen } = this;
    const content = !chosen ? this.#overview() : chosen.path !== undefined ? this.#group(chosen) : this.#node(chosen);
    this.element.replaceChildren(...content.filter(Boolean));
    this.element.scrollTop = top;
  }

  #overview() {
    const { graph, playback } = this.app;
    if (!playback.isBackward || playback.index === 0) {
      return [make("p", { class: "hint" }, TEXT.hint), make("p", { class: "about" }, TEXT.no_gradients_yet)];
    }
    const size = (node) => Math.abs(playback.grads[node.index]);
    this.leaves ??= graph.nodes.filter((node) => !node.op && node.kind !== "constant");
    const strongest = this.leaves.toSorted((a, b) => size(b) - size(a)).slice(0, LEAVES_SHOWN);
    const largest = Math.max(...strongest.map(size).filter(Number.isFinite), 0);
    const bars = strongest.map((node) => {
      const slope = playback.grads[node.index];
      const bar = make("span", { class: `bar ${signOf(slope)}` });
      bar.style.setProperty("--size", largest ? Math.min(1, size(node) / largest).toFixed(3) : 0);
      return make("li", {}, this.#link(node), bar, make("span", { class: "number" }, written(slope)));
    });
    return [make("p", { class: "hint" }, TEXT.hint), make("h2", {}, TEXT.gradients), make("ul", { class: "bars" }, ...bars)];
  }

  // A button that looks like a link.
  button(content, action, title = false) {
    return make("button", { type: "button", class: "link", title, onclick: action }, ...[content].flat());
  }

  #link(node) {
    const { groups } = this.app.graph;
    const where = groups.has(node.group) ? make("small", {}, node.group) : null;
    const title = Array.from(node.label || node.name).slice(0, 200).join("");
    return this.button([named(shortName(node)), where], () => this.app.select(node.id, true), title);
  }

  #head(title, kinds) {
    const letGo = { type: "button", class: "icon", "aria-label": TEXT.unpin, title: TEXT.unpin };
    const about = kinds.filter(Boolean).join(" · ");
    return make(
      "header", {},
      make("div", {}, make("h2", {}, make("bdi", {}, title)), make("p", { class: "about" }, about)),
      make("button", { ...letGo, onclick: () => this.app.select(null) }, "×"),
    );
  }

  #node(node) {
    const { app } = this;
    const { group } = node;
    const isComputed = app.playback.isComputed(node);
    return [
      this.#head(node.label || node.name, [TEXT[node.kind], node.op]),
      node.formula && make(
        "p", { class: "equation" },
        named(shortName(node)), " = ", named(formulaOf(node)),
        ...(isComputed && !node.isMean ? [make("br"), `= ${numbersOf(node)}`] : []),
        ...(isComputed ? [make("br"), "= ", make("b", {}, dataOf(node))] : []),
      ),
      this.#facts(node, isComputed),
      app.graph.groups.has(group) && make(
        "p", { class: "about" }, `${TEXT.member_of} `, this.button(group, () => app.select(group, true)),
      ),
      ...this.#paths(node),
      ...this.#edges(TEXT.computed_from, node.into, "source"),
      ...this.#edges(TEXT.used_in, node.out, "target"),
    ];
  }

  #facts(node, isComputed) {
    const { playback } = this.app;
    const data = !isComputed ? "–" : node.isMean ? dataOf(node) : exact(node.data);
    const facts = [[node.isMean ? `${TEXT.data}, ${TEXT.mean}` : TEXT.data, data]];
    const slope = playback.grad(node);
    if (node.kind !== "constant") {
      facts.push([`${gradientName(node, playback)}, ${TEXT.so_far}`, slope === null ? "–" : exact(slope)]);
    }
    return make("dl", {}, ...facts.flatMap(([name, fact]) => [make("dt", {}, name), make("dd", {}, fact)]));
  }

  #edges(title, edges, end) {
    if (!edges.length) return [];
    const derivative = (edge) => [make("i", {}, ...ratio(edge), edge.formula && ` = ${slopeOf(edge)}`), edge.derivative];
    const rows = edges.slice(0, EDGES_SHOWN).map((edge) => tableRow(
      this.#link(edge[end]), edge.isConstant ? [TEXT.no_flow] : derivative(edge),
    ));
    const hidden = edges.length - rows.length;
    return [
      make("h3", {}, title),
      make("table", {}, make("tbody", {}, ...rows)),
      hidden > 0 && make("p", { class: "about" }, say("more_paths", { count: hidden })),
    ];
  }

  #paths(node) {
    const { graph, playback } = this.app;
    if (node.kind === "constant" || node === graph.root || !playback.isBackward) return [];
    if (graph.row === null) return [make("h3", {}, TEXT.paths), make("p", { class: "about" }, TEXT.paths_of_row)];
    const root = shortName(graph.root);
    const heading = make("h3", {}, TEXT.paths);
    const found = strongestPaths(graph, node);
    if (!found) return [heading, make("p", {}, say("no_path", { root }))];
    const items = found.paths.map((path) => make("li", {}, this.#path(path, node)));
    const hidden = found.count - BigInt(found.paths.length);
    if (hidden > 0n) {
      const rest = make("span", {}, say("more_paths", { count: manyPaths(hidden) }));
      items.push(make("li", { class: "rest" }, make("b", {}, written(found.remainder)), rest));
    }
    return [
      heading,
      make("p", { class: "about" }, say("paths_why", { root })),
      make("ol", { class: "paths" }, ...items),
      make("p", { class: "total" }, make("span", {}, `${TEXT.sum} = `), make("b", {}, written(playback.final[node.index]))),
    ];
  }

  // One path: its product, the factors, and the names along it; pressed, it is shown in the drawing.
  #path({ product, edges }, leaf) {
    const factors = abridged(edges.map((edge, i) => (i ? factor(edge.derivative) : written(edge.derivative))));
    let group = "";
    const names = abridged([...edges.map((edge) => edge.target), leaf]).map((node, i) => {
      if (typeof node === "string") return ` ← ${node}`;
      const where = node.group && node.group !== group ? make("em", {}, `${node.group} `) : "";  // said once for all in it
      group = node.group;
      return make("span", {}, i ? " ← " : "", where, named(shortName(node)));
    });
    const button = make(
      "button", { type: "button", class: "path", "aria-pressed": "false", onclick: () => this.#trace(button, edges) },
      make("b", {}, written(product)),
      make("span", {}, `= ${factors.join(" × ")}`, make("small", {}, ...names)),
    );
    return button;
  }

  #trace(button, edges) {
    const isOn = button.getAttribute("aria-pressed") === "true";
    for (const other of this.element.querySelectorAll("button.path")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(!isOn));
    this.app.scene.highlight(isOn ? null : edges);
  }

  #group(group) {
    const { app } = this;
    const isFolded = app.closed.has(group.path);
    const about = app.graph.neurons[group.path];
    const fold = { type: "button", class: "plain", onclick: () => app.fold(group.path, !isFolded) };
    return [
      this.#head(about || group.kind === "layer" ? group.path : groupName(group), [about || group.kind === "layer" ? TEXT[group.kind] : "", about?.activation]),
      make("button", fold, isFolded ? TEXT.unfold : TEXT.fold),
      ...(group.kind === "layer" ? [this.#neuronList(group)] : group.kind === "neuron" ? neuronReport(group, app) : [this.#partList(group)]),
    ];
  }

  #neuronList(layer) {
    const { playback, graph } = this.app;
    const sum = graph.row === null;
    const rows = layer.inner.map((group) => {
      const [use] = usesOf(allIn(group));
      const slope = (node) => playback.grad(node) ?? "·";
      const activity = use && playback.isComputed(use.a) ? use.edge?.derivative ?? 1 : "·";
      const figures = use ? [slope(use.a), activity, slope(use.z)] : ["", "", ""];
      return tableRow(this.button(groupName(group), () => this.app.select(group.path, true)), figures);
    });
    const heads = [TEXT.neuron, sum ? "Σ ∂C/∂a" : "∂C/∂a", sum ? "⌀ σ'(z)" : "σ'(z)", sum ? "Σδ" : "δ"];
    return make("table", {}, tableHead(heads), make("tbody", {}, ...rows));
  }

  #partList(part) {
    const counts = new Map();
    for (const { symbol } of allIn(part)) if (symbol) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    const rows = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 12).map(([symbol, count]) => tableRow(symbol, [count]));
    return make("table", {}, tableHead([TEXT.operation, TEXT.how_often]), make("tbody", {}, ...rows));
  }
}

function abridged(list, most = 8) {
  if (list.length <= most) return list;
  return [...list.slice(0, most / 2), `… ${list.length - most} …`, ...list.slice(-most / 2)];
}

function manyPaths(count) {
  const text = String(count);
  return text.length > 7 ? `10^${text.length - 1}` : text;
}
