// Buttons, slider, keys and pointer: everything that a reader can do, with the same name wherever it is done.

const SPEEDS = [1, 4, 16, 64];  // steps a second, at least; the clock below never leaves one out

class Player {
  constructor(app) {
    Object.assign(this, { app, timer: null, speed: 0 });
  }

  get isPlaying() {
    return this.timer !== null;
  }

  toggle() {
    return this.isPlaying ? this.stop() : this.start();
  }

  start() {
    const { app } = this;
    if (app.playback.index === app.playback.last) app.go(0);
    this.#tick();
    app.showPlaying(true);
  }

  #tick() {
    this.timer = setTimeout(() => {
      this.app.go(this.app.playback.index + 1);
      if (this.app.playback.index < this.app.playback.last) this.#tick();
      else this.stop();
    }, 1000 / SPEEDS[this.speed]);
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
    this.app.showPlaying(false);
  }

  faster() {
    this.speed = (this.speed + 1) % SPEEDS.length;
    return SPEEDS[this.speed];
  }
}

function keysOf(app) {
  const by = (distance) => () => app.stepBy(distance);
  return {
    ArrowLeft: by(-1), ArrowRight: by(1), Home: () => app.stepTo(0), End: () => app.stepTo(app.playback.last),
    " ": () => app.player.toggle(), ArrowDown: () => app.walk(1), ArrowUp: () => app.walk(-1), Enter: () => app.pin(),
    f: () => app.foldHere(), "/": () => byId("search").focus(),
    "+": () => app.camera.by(1.25), "=": () => app.camera.by(1.25),
    "-": () => app.camera.by(0.8), 0: () => app.fit(), Escape: () => app.select(null), "?": () => app.help(),
  };
}

// Keys that mean something to what has the focus.
const OWN_KEYS = {
  BUTTON: [" ", "Enter"], SUMMARY: [" ", "Enter"],
  INPUT: ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"],
};

function listenToKeys(app) {
  const keys = keysOf(app);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("dialog, input[type=search]")) return;
    if (OWN_KEYS[event.target.tagName]?.includes(event.key)) return;
    if (["ArrowUp", "ArrowDown"].includes(event.key) && event.target.closest("aside")) return;  // scrolls
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

function listenToButtons(app) {
  const on = (id, action) => byId(id).addEventListener("click", action);
  on("first", () => app.stepTo(0));
  on("previous", () => app.stepBy(-1));
  on("play", () => app.player.toggle());
  on("next", () => app.stepBy(1));
  on("last", () => app.stepTo(app.playback.last));
  on("speed", () => (byId("speed").firstElementChild.textContent = `${app.player.faster()}×`));
  on("fit", () => app.fit());
  on("zoom-in", () => app.camera.by(1.25));
  on("zoom-out", () => app.camera.by(0.8));
  on("fold-all", () => app.foldMore(true));
  on("unfold-all", () => app.foldMore(false));
  on("theme", () => app.changeTheme());
  on("help", () => app.help());
  for (const stride of ["value", "neuron", "layer", "row"]) on(`stride-${stride}`, () => app.takeSteps(stride));
  byId("row").addEventListener("input", (event) => {
    const row = Number(event.target.value) - 1;
    app.showRow(row < 0 ? null : row);
  });
  byId("slider").addEventListener("input", (event) => app.stepTo(Number(event.target.value)));
}

function listenToPointer(app, svg) {
  svg.addEventListener("click", (event) => {
    if (app.camera.moved > 4) return;
    app.tip.hide();
    const fold = event.target.closest("[data-fold]");
    const card = event.target.closest("[data-key]");
    const frame = event.target.closest("[data-group] .title, [data-group] .edge")?.closest("[data-group]");
    if (fold) app.fold(fold.dataset.fold, !app.closed.has(fold.dataset.fold));
    else if (card) app.select(card.dataset.key);
    else app.select(frame?.dataset.group ?? null);
  });
  svg.addEventListener("dblclick", (event) => {
    const key = event.target.closest("[data-key]")?.dataset.key;
    if (app.graph.groups.has(key)) app.fold(key, false);
  });
  svg.addEventListener("pointermove", (event) => app.tip.follow(event));
  svg.addEventListener("pointerleave", () => app.tip.hide());
}
