// The details beside the drawing: of the whole, of one value with the paths of its gradient, or of one neuron.

class Panel {
  constructor(element, app) {
    Object.assign(this, { element, app, live: () => {} });
  }

  show(chosen) {
    this.live = () => {};
    const content = !chosen ? this.#overview() : chosen.path !== undefined ? this.#group(chosen) : this.#node(chosen);
    this.element.replaceChildren(...content);
    requestAnimationFrame(() => (this.element.scrollTop = 0));
    this.live();
  }

  #overview() {
    const { graph, playback } = this.app;
    const leaves = graph.nodes.filter((node) => !node.op && node.kind !== "constant");
    const sorted = leaves.toSorted((a, b) => Math.abs(playback.final[b.index]) - Math.abs(playback.final[a.index])).slice(0, 12);
    const largest = Math.max(...sorted.map((node) => Math.abs(playback.final[node.index])).filter(Number.isFinite), 0);
    return [
      make("p", { class: "hint" }, TEXT.hint),
      make("h2", {}, TEXT.gradients),
      make("ul", { class: "bars" }, ...sorted.map((node) => {
        const slope = playback.final[node.index];
        const bar = make("span", { class: `bar ${signOf(slope)}` });
        bar.style.setProperty("--size", largest ? Math.min(1, Math.abs(slope) / largest).toFixed(3) : "0");
        return make("li", {}, this.#link(node), bar, make("span", { class: "number" }, written(slope)));
      })),
    ];
  }

  #link(node) {
    const group = this.app.graph.groups.get(node.group);
    return make(
      "button", { type: "button", class: "link", title: (node.label || node.name).slice(0, 200), onclick: () => this.app.select(node.id, true) },
      named(shortName(node)), group ? make("small", {}, group.path) : null,
    );
  }

  #head(title, kind) {
    return make(
      "header", {},
      make("div", {}, make("h2", { tabindex: "-1" }, make("bdi", {}, title)), make("p", { class: "kind" }, kind)),
      make("button", { type: "button", class: "icon", "aria-label": TEXT.unpin, title: TEXT.unpin, onclick: () => this.app.select(null) }, "×"),
    );
  }

  #node(node) {
    const { graph, playback } = this.app;
    const slope = make("span", { class: "number" });
    this.live = () => (slope.textContent = playback.isBackward ? exact(playback.grads[node.index]) : "–");
    const facts = [[TEXT.data, exact(node.data)]];
    if (node.kind !== "constant") facts.push([`${TEXT.grad}, ${TEXT.so_far}`, slope], [`${TEXT.grad}, ${TEXT.in_the_end}`, exact(playback.final[node.index])]);
    const group = graph.groups.get(node.group);
    return [
      this.#head(node.label || node.name, [TEXT[node.kind], node.op].filter(Boolean).join(" · ")),
      node.formula ? make("p", { class: "equation" }, named(shortName(node)), " = ", named(node.formula), make("br"), `= ${node.numbers}`, make("br"), "= ", make("b", {}, written(node.data))) : null,
      make("dl", {}, ...facts.flatMap(([name, fact]) => [make("dt", {}, name), make("dd", { class: "number" }, fact)])),
      group ? make("p", { class: "member" }, `${TEXT.member_of} `, make("button", { type: "button", class: "link", onclick: () => this.app.select(group.path, true) }, group.path)) : null,
      ...this.#paths(node),
      ...this.#edges(TEXT.computed_from, node.into, "source"),
      ...this.#edges(TEXT.used_in, node.out, "target"),
    ].filter(Boolean);
  }

  #edges(title, edges, end) {
    if (!edges.length) return [];
    const shown = edges.slice(0, 60);
    return [
      make("h3", {}, title),
      make("table", {}, make("tbody", {}, ...shown.map((edge) => make(
        "tr", {}, make("th", { scope: "row" }, this.#link(edge[end])),
        make("td", {}, edge.derivative === null ? TEXT.no_flow : make("i", {}, `∂ = ${edge.formula ? `${edge.formula} =` : ""}`)),
        make("td", { class: "number", title: edge.derivative === null ? false : exact(edge.derivative) }, edge.derivative === null ? "" : written(edge.derivative)),
      )))),
      edges.length > shown.length ? make("p", { class: "kind" }, say("more_paths", { count: edges.length - shown.length })) : null,
    ].filter(Boolean);
  }

  #paths(node) {
    const { graph, playback } = this.app;
    if (node.kind === "constant" || node === graph.root) return [];
    const found = strongestPaths(graph, node);
    const heading = make("h3", {}, TEXT.paths);
    if (!found) return [heading, make("p", {}, say("no_path", { root: shortName(graph.root) }))];
    const items = found.paths.map((path) => this.#path(path, node));
    const hidden = found.count - BigInt(found.paths.length);
    if (hidden > 0n) items.push(make("li", { class: "rest" }, make("b", {}, written(found.remainder)), make("span", {}, say("more_paths", { count: manyPaths(hidden) }))));
    return [
      heading, make("p", { class: "kind" }, say("paths_why", { root: shortName(graph.root) })),
      make("ol", { class: "paths" }, ...items),
      make("p", { class: "total" }, make("span", {}, `${TEXT.sum} = `), make("b", {}, written(playback.final[node.index]))),
    ];
  }

  #path(path, leaf) {
    const names = abridged([...path.edges.map((edge) => edge.target), leaf]);
    let group = "";  // said before the first of its values only
    const named = (node) => {
      const isNew = node.group && node.group !== group;
      group = node.group;
      return make("span", {}, isNew ? make("em", {}, `${node.group} `) : "", make("bdi", {}, shortName(node)));
    };
    const factors = abridged(path.edges.map((edge) => edge.derivative));
    const button = make(
      "button", { type: "button", class: "path", "aria-pressed": "false", onclick: () => this.#trace(button, path.edges) },
      make("b", {}, written(path.product)),
      make("span", {}, "= ", factors.map((x, i) => (typeof x === "number" ? (i ? factor(x) : written(x)) : x)).join(" × "),
        make("small", {}, ...names.flatMap((each, i) => [i ? " ← " : "", typeof each === "string" ? each : named(each)]))),
    );
    return make("li", {}, button);
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
    return [
      this.#head(group.path, [isLayer ? TEXT.layer : TEXT.neuron, uses[0]?.activation].filter(Boolean).join(" · ")),
      make("p", {}, make("button", { type: "button", class: "plain", onclick: () => app.fold(group.path, !isFolded) }, isFolded ? TEXT.unfold : TEXT.fold)),
      ...(isLayer ? [this.#neuronList(group)] : neuronReport(group, uses, app)),
    ];
  }

  #neuronList(layer) {
    const heads = [TEXT.neuron, "∂C/∂a", "σ'(z)", "δ"];
    return make(
      "table", {},
      make("thead", {}, make("tr", {}, ...heads.map((head, i) => make("th", { scope: "col", class: i ? "number" : false }, head)))),
      make("tbody", {}, ...layer.inner.map((group) => {
        const [use] = this.app.graph.neurons[group.path] ?? [];
        const link = make("button", { type: "button", class: "link", onclick: () => this.app.select(group.path, true) }, groupName(group));
        const figures = use ? [use.contribution, use.activity, use.delta].map((x) => make("td", { class: "number" }, written(Number(x)))) : [];
        return make("tr", {}, make("th", { scope: "row" }, link), ...figures);
      })),
    );
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
