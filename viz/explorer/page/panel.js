// The details beside the drawing: of the whole, of one value with the paths of its gradient, or of one neuron.

const LEAVES_SHOWN = 12, EDGES_SHOWN = 60;

class Panel {
  constructor(element, app) {
    Object.assign(this, { element, app, live: () => {} });
  }

  show(chosen) {
    this.live = () => {};
    const content = !chosen ? this.#overview() : chosen.path !== undefined ? this.#group(chosen) : this.#node(chosen);
    this.element.replaceChildren(...content.filter(Boolean));
    requestAnimationFrame(() => (this.element.scrollTop = 0));
    this.live();
  }

  #overview() {
    const { graph, playback } = this.app;
    const size = (node) => Math.abs(playback.final[node.index]);
    const leaves = graph.nodes.filter((node) => !node.op && node.kind !== "constant");
    const strongest = leaves.toSorted((a, b) => size(b) - size(a)).slice(0, LEAVES_SHOWN);
    const largest = Math.max(...strongest.map(size).filter(Number.isFinite), 0);
    const bars = strongest.map((node) => {
      const slope = playback.final[node.index];
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
    return [
      this.#head(node.label || node.name, [TEXT[node.kind], node.op]),
      node.formula && make(
        "p", { class: "equation" },
        named(shortName(node)), " = ", named(node.formula), make("br"), `= ${node.numbers}`, make("br"),
        "= ", make("b", {}, written(node.data)),
      ),
      this.#facts(node),
      app.graph.groups.has(group) && make(
        "p", { class: "about" }, `${TEXT.member_of} `, this.button(group, () => app.select(group, true)),
      ),
      ...this.#paths(node),
      ...this.#edges(TEXT.computed_from, node.into, "source"),
      ...this.#edges(TEXT.used_in, node.out, "target"),
    ];
  }

  #facts(node) {
    const { playback } = this.app;
    const facts = [[TEXT.data, exact(node.data)]];
    if (node.kind !== "constant") {
      const slope = make("span");
      this.live = () => (slope.textContent = playback.isBackward ? exact(playback.grads[node.index]) : "–");
      facts.push([`${TEXT.grad}, ${TEXT.so_far}`, slope]);
      facts.push([`${TEXT.grad}, ${TEXT.in_the_end}`, exact(playback.final[node.index])]);
    }
    return make("dl", {}, ...facts.flatMap(([name, fact]) => [make("dt", {}, name), make("dd", {}, fact)]));
  }

  #edges(title, edges, end) {
    if (!edges.length) return [];
    const derivative = (edge) => [make("i", {}, ...ratio(edge), edge.formula && ` = ${edge.formula}`), edge.derivative];
    const rows = edges.slice(0, EDGES_SHOWN).map((edge) => tableRow(
      this.#link(edge[end]), edge.derivative === null ? [TEXT.no_flow] : derivative(edge),
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
    if (node.kind === "constant" || node === graph.root) return [];
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
    const isLayer = group.inner.length > 0;
    const isFolded = app.closed.has(group.path);
    const uses = app.graph.neurons[group.path] ?? [];
    const fold = { type: "button", class: "plain", onclick: () => app.fold(group.path, !isFolded) };
    return [
      this.#head(group.path, [isLayer ? TEXT.layer : TEXT.neuron, uses[0]?.activation]),
      make("button", fold, isFolded ? TEXT.unfold : TEXT.fold),
      ...(isLayer ? [this.#neuronList(group)] : neuronReport(group, uses, app)),
    ];
  }

  #neuronList(layer) {
    const rows = layer.inner.map((group) => {
      const [use] = this.app.graph.neurons[group.path] ?? [];
      const figures = use ? [use.contribution, use.activity, use.delta].map(Number) : ["", "", ""];
      return tableRow(this.button(groupName(group), () => this.app.select(group.path, true)), figures);
    });
    return make("table", {}, tableHead([TEXT.neuron, "∂C/∂a", "σ'(z)", "δ"]), make("tbody", {}, ...rows));
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
