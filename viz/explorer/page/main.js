// The page as a whole: what is shown, what is selected, and how each action changes both.

const MOST = 3000;  // cards that are drawn at once
const READABLE = 0.62;  // the smallest zoom at which the numbers are easily read

// Too large to be laid out for a trial.
function isLarge(tree) {
  return countItems(tree.root) > 400;
}

class App {
  constructor() {
    this.graph = new Graph(DATA);
    this.playback = new Playback(this.graph);
    this.svg = byId("canvas");
    this.camera = new Camera(this.svg, byId("world"), () => this.moved());
    this.scene = new Scene(byId("world"), this.graph, this.playback);
    this.panel = new Panel(byId("panel"), this);
    this.touch = new Touch(this);
    this.tip = new Tip(byId("tip"), this);
    this.player = new Player(this);
    this.search = new Search(byId("search"), byId("matches"), this);
    this.selected = null;
    this.isReady = false;
    byId("strides").hidden = this.graph.groups.size === 0 && this.graph.rows === 1;
    byId("stride-row").hidden = this.graph.rows === 1;
    for (const kind of ["neuron", "layer"]) {
      byId(`stride-${kind}`).hidden = ![...this.graph.groups.values()].some((group) => group.kind === kind);
    }
    byId("rows").hidden = this.graph.rows === 1;
    byId("row").max = this.graph.rows;
    for (const id of ["fold-all", "unfold-all"]) byId(id).hidden = this.graph.groups.size === 0;
    this.restore();
    listenToKeys(this);
    listenToButtons(this);
    listenToPointer(this, this.svg);
    addEventListener("hashchange", () => this.restore());
    addEventListener("resize", () => this.resize());
    addEventListener("beforeprint", () => this.print(true));
    addEventListener("afterprint", () => this.print(false));
  }

  restore() {
    this.isReady = false;
    const { step, view, at, folded, theme, row, by, set } = readAddress();
    this.touch.restore(set);
    this.setTheme(theme);
    this.playback.stride = "value";
    this.#takeRow(this.graph.rows === 1 ? 0 : row !== null && row < this.graph.rows ? row : null);
    this.#takeStride(by !== "row" || this.graph.row === null ? by : "value");
    this.#begin(folded ? [new Set(folded.filter((path) => this.graph.groups.has(path)))] : foldingLevels(this.graph));
    if (view) this.camera.set(...view);
    else this.fit();
    this.selected = null;
    this.select(this.graph.byId.has(at) || this.graph.groups.has(at) ? at : null, folded === null);
    this.go(step ?? 0, false);
    this.isReady = true;
  }

  // One row of a batch by its number, all of them for null.
  showRow(row) {
    const { index, stride } = this.playback;
    this.#takeRow(row);
    this.#showStride();
    this.scene.show(this.scene.layout);
    this.select(this.selected);
    this.go(this.playback.stride === stride ? index : this.playback.last, false);
  }

  #takeRow(row) {
    this.playback.show(row);
    byId("row").value = row === null ? 0 : row + 1;
    const text = row === null ? say("all_rows", { count: this.graph.rows }) : say("row_of", { row: row + 1, count: this.graph.rows });
    byId("row-name").textContent = text;
    byId("row").setAttribute("aria-valuetext", text);
  }

  // How far a step goes: a value, a neuron, a layer or a row.
  takeSteps(stride) {
    this.player.stop();
    if (stride === "row" && this.graph.row !== null) this.showRow(null);
    this.#takeStride(stride);
    this.go(this.playback.index);
  }

  #takeStride(stride) {
    this.playback.setStride(byId(`stride-${stride}`)?.hidden === false ? stride : "value");
    this.#showStride();
  }

  #showStride() {
    const { playback } = this;
    for (const button of byId("strides").children) {
      button.setAttribute("aria-pressed", button.id === `stride-${playback.stride}`);
    }
    byId("slider").max = playback.last;
    const seed = playback.stride === "row" ? 0 : playback.stops?.indexOf(playback.seed) ?? playback.seed;
    byId("slider").style.setProperty("--seed", seed / Math.max(1, playback.last));
    byId("speed").hidden = playback.last < 8;
  }

  // Begin with the first of some foldings that can be read when it is seen whole.
  #begin(levels) {
    for (const closed of levels) {
      this.closed = closed;
      const isLast = closed === levels.at(-1);
      const tree = foldedTree(this.graph, closed);
      if (isLarge(tree) && !isLast) continue;
      const found = this.#bestDirection(tree);
      if (isLast || this.#zoomOf(found) >= READABLE) return this.scene.show(found);
    }
  }

  // Values flow to the right or, where that is seen larger, down.
  #bestDirection(tree) {
    const [width, height] = this.camera.size;
    this.isDown = width < height;
    const usual = layout(tree, this.isDown);
    if (isLarge(tree) || this.#zoomOf(usual) >= 0.9) return usual;
    const turned = layout(foldedTree(this.graph, this.closed), !this.isDown);
    if (this.#zoomOf(turned) <= 1.25 * this.#zoomOf(usual)) return usual;
    this.isDown = !this.isDown;
    return turned;
  }

  #zoomOf({ width, height }) {
    return this.camera.zoomFor(width, height);
  }

  #layout() {
    return layout(foldedTree(this.graph, this.closed), this.isDown);
  }

  moved() {
    this.isFitted = false;
    this.remember();
  }

  remember() {
    if (!this.isReady) return;
    clearTimeout(this.later);
    this.later = setTimeout(() => writeAddress({
      step: this.playback.index, row: this.graph.rows > 1 ? this.graph.row : null, by: this.playback.stride, at: this.selected,
      view: this.isFitted ? null : [this.camera.x, this.camera.y, this.camera.zoom],
      folded: this.graph.groups.size ? [...this.closed] : null, theme: document.documentElement.dataset.theme,
      set: this.touch.numbers,
    }), 120);
  }

  // Stepping.
  stepBy(distance) {
    this.stepTo(this.playback.index + distance);
  }

  stepTo(position) {
    this.player.stop();
    this.go(position);
  }

  go(position, reveals = true) {
    const { playback } = this;
    playback.go(position);
    this.scene.update();
    this.panel.live();
    const { phase, tag, line, note } = writeStep(playback);
    byId("phase").textContent = TEXT[phase];
    byId("dock").dataset.phase = phase;
    byId("tag").textContent = tag;
    byId("line").replaceChildren(...line);
    byId("note").replaceChildren(...note);
    byId("slider").value = playback.index;
    byId("count").textContent = `${playback.index} / ${playback.last}`;
    byId("slider").setAttribute("aria-valuetext", say("step_of", { step: playback.index, count: playback.last }));
    if (reveals) this.#reveal();
    this.remember();
  }

  #reveal() {
    const { step } = this.playback;
    const ends = (step.edge ? [step.edge.source, step.edge.target] : [step.node])
      .map((node) => node && this.scene.cardOf(node)).filter(Boolean);
    for (const card of ends.reverse()) this.camera.reveal(card.item);
  }

  showPlaying(isPlaying) {
    const button = byId("play");
    const text = isPlaying ? TEXT.pause : TEXT.play;
    button.dataset.playing = isPlaying;
    button.setAttribute("aria-label", text);
    button.title = text;
    byId("told").setAttribute("aria-live", isPlaying ? "off" : "polite");
  }

  // Selecting: a node by its id, a group by its path, nothing by null.
  select(key, reveals = false) {
    this.selected = key;
    const chosen = this.graph.byId.get(key) ?? this.graph.groups.get(key) ?? null;
    if (chosen && reveals) this.#uncover(chosen);
    this.scene.highlight(null);
    this.scene.select(key);
    this.panel.show(chosen);
    this.touch.show(chosen);
    for (const frame of this.svg.querySelectorAll(".frame")) {
      frame.classList.toggle("selected", frame.dataset.group === key);
    }
    document.body.classList.toggle("pinned", chosen !== null);
    const card = this.scene.cards.get(key);
    this.#makeFocusable(card ?? this.scene.cards.values().next().value);
    if (card && reveals) this.camera.reveal(card.item, 80);
    this.remember();
  }

  // Unfold what hides a value, or, of a group, what lies around it.
  #uncover(chosen) {
    const hiding = [...ancestors(this.graph, chosen.group ?? chosen.parent)].filter((group) => this.closed.has(group.path));
    if (!hiding.length) return;
    for (const group of hiding) this.closed.delete(group.path);
    this.#redraw();
  }

  focusCard(key) {
    this.scene.cards.get(key)?.element.focus({ preventScroll: true });
  }

  #makeFocusable(card) {
    this.focusable?.element.setAttribute("tabindex", "-1");
    this.focusable = card;
    card?.element.setAttribute("tabindex", "0");
  }

  // From card to card in the order in which they were drawn, with the keyboard.
  walk(distance) {
    const cards = [...this.scene.cards.values()];
    const at = cards.findIndex((card) => card.element === document.activeElement);
    const next = cards[at < 0 ? Math.max(0, cards.indexOf(this.focusable)) : (at + distance + cards.length) % cards.length];
    this.#makeFocusable(next);
    next.element.focus({ preventScroll: true });
    this.camera.reveal(next.item);
  }

  pin() {
    const { activeElement } = document;
    const { key, fold } = activeElement.dataset;
    if (fold !== undefined) this.fold(fold, !this.closed.has(fold));
    else if (key !== undefined) this.select(this.selected === key ? null : key);
  }

  // Folding.
  fold(path, isFolded) {
    if (isFolded) this.closed.add(path);
    else this.closed.delete(path);
    const hadFocus = this.svg.contains(document.activeElement);
    this.#redraw(path);
    this.select(this.graph.groups.has(this.selected) || !isFolded ? this.selected : path);
    if (hadFocus) this.focusCard(this.scene.cards.has(path) ? path : this.graph.groups.get(path).members[0]?.id ?? "");
  }

  foldHere() {
    const key = document.activeElement.dataset?.key ?? this.selected;
    const group = this.graph.groups.get(key) ?? this.graph.groups.get(this.graph.byId.get(key)?.group);
    if (!group) return;
    if (this.closed.has(group.path)) this.fold(group.path, false);
    else this.fold(group.path, true);
  }

  // One level at a time: neurons fold before layers, and layers unfold before neurons; parts by their depth.
  foldMore(isFolded) {
    const groups = [...this.graph.groups.values()];
    const depth = (group) => [...ancestors(this.graph, group.path)].length;
    const deepest = Math.max(...groups.map(depth));
    const levels = Array.from({ length: deepest }, (_, i) => groups.filter((group) => depth(group) === i + 1));
    if (isFolded) levels.reverse();
    // Neurons that stand beside layers fold and unfold with those in them.
    const kind = (group) => (group.kind === "neuron" ? deepest : depth(group));
    const open = groups.filter((group) => this.closed.has(group.path) !== isFolded);
    const next = open.length ? (isFolded ? Math.max : Math.min)(...open.map(kind)) : 0;
    for (const group of open.filter((each) => kind(each) === next)) {
      isFolded ? this.closed.add(group.path) : this.closed.delete(group.path);
    }
    if (this.#tooMany) {
      for (const group of open) isFolded ? this.closed.delete(group.path) : this.closed.add(group.path);
      return;
    }
    this.scene.show(this.#bestDirection(foldedTree(this.graph, this.closed)));
    this.fit();
    this.select(this.selected);
  }

  // More than a browser lays out without a wait.
  get #tooMany() {
    return countItems(foldedTree(this.graph, this.closed).root) > MOST;
  }

  // Draw anew, the given group staying where it is on the screen.
  #redraw(path) {
    const before = path && this.#corner(path);
    this.scene.show(this.#layout());
    const after = path && this.#corner(path);
    const { x, y, zoom } = this.camera;
    if (before && after) this.camera.set(x + (before[0] - after[0]) * zoom, y + (before[1] - after[1]) * zoom, zoom);
  }

  #corner(path) {
    const item = this.scene.layout.boxes.get(path);
    return item && item.key === path ? [item.left, item.top] : null;
  }

  // The page around the drawing.
  fit() {
    this.camera.fit(this.scene.layout);
    this.isFitted = true;
  }

  resize() {
    this.camera.measure();
    if (this.isFitted) this.fit();
  }

  setTheme(theme) {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  }

  changeTheme() {
    const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = document.documentElement.dataset.theme ?? (isDark ? "dark" : "light");
    this.setTheme(now === "dark" ? "light" : "dark");
    this.remember();
  }

  help() {
    byId("help-page").showModal();
  }

  // On paper the whole drawing, as large as the page.
  print(isPrinting) {
    const { width, height } = this.scene.layout;
    if (isPrinting) {
      this.seen = [this.camera.x, this.camera.y, this.camera.zoom];
      this.svg.setAttribute("viewBox", `-8 -8 ${width + 16} ${height + 16}`);
      this.camera.set(0, 0, 1);
    } else {
      this.svg.removeAttribute("viewBox");
      this.camera.set(...this.seen);
    }
  }
}

const app = new App();
