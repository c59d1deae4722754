// What the pointer is on, in a few words beside it.

class Tip {
  constructor(element, app) {
    Object.assign(this, { element, app, on: null });
  }

  follow(event) {
    if (event.pointerType === "touch") return this.hide();
    const key = event.buttons ? null : event.target.closest("[data-key]")?.dataset.key;
    const line = event.buttons ? null : event.target.closest("[data-line]")?.dataset.line;
    const on = key ?? line;
    if (!on) return this.hide();
    if (on !== this.on) this.element.replaceChildren(...(key ? this.#card(key) : this.#line(line)));
    this.on = on;
    this.element.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const x = event.clientX + 16, y = event.clientY + 16;
    this.element.style.left = `${Math.max(4, x + width > innerWidth - 8 ? event.clientX - width - 12 : x)}px`;
    this.element.style.top = `${Math.max(4, y + height > innerHeight - 8 ? event.clientY - height - 12 : y)}px`;
  }

  hide() {
    this.on = null;
    this.element.hidden = true;
  }

  #card(key) {
    const { graph, playback } = this.app;
    const node = graph.byId.get(key);
    if (!node) {
      const [, ...about] = this.app.scene.cards.get(key).element.getAttribute("aria-label").split(", ");
      return [make("b", {}, key), make("p", {}, about.join(" · "))];
    }
    const value = playback.isComputed(node) ? dataOf(node) : TEXT.not_yet, slope = playback.grad(node);
    return [
      make("b", {}, named(Array.from(node.label || node.name).slice(0, 120).join(""))),
      make("p", {}, [TEXT[node.kind], node.op].filter(Boolean).join(" · ")),
      node.formula ? make("p", { class: "formula" }, `= ${formulaOf(node)}`) : null,
      make("p", {}, `${TEXT.data} ${value}`, slope === null ? "" : ` · ${TEXT.grad} ${written(slope)}`),
    ].filter(Boolean);
  }

  #line(key) {
    const line = this.app.scene.lines.find((each) => each.key === key);
    return line.edges.slice(0, 6).map((edge) => (edge.isConstant ? make("p", {}, TEXT.no_flow)
      : make("p", {}, ...ratio(edge), edge.formula && ` = ${slopeOf(edge)}`, ` = ${edge.isMean ? "⌀ " : ""}${written(edge.derivative)}`)));
  }
}
