// Buttons, keys, the address, light and dark, two languages: what acts on the page as a whole.
import { DATA, language, say, speak } from "./data.js";
import { byId, make, write } from "./dom.js";
import { modelJson, pythonSource } from "./exports.js";
import { decode, encode } from "./link.js";
import { mark } from "./paint.js";
import { PRESET_NAMES, presetPlan } from "./presets.js";

/** @typedef {import("./main.js").App} App */

/** Every fixed text of the page in the language as it is now. @param {App} app */
export function translate(app) {
  document.title = say("title");
  document.documentElement.lang = language() === "zh" ? "zh-Hans" : "en";
  for (const element of /** @type {any} */ (document.querySelectorAll("[data-text]")))
    write(element, say(element.dataset.text));
  for (const element of /** @type {any} */ (document.querySelectorAll("[data-label]"))) {
    element.setAttribute("aria-label", say(element.dataset.label));
    if (element.matches("button, [role=img]")) element.title = say(element.dataset.label);
  }
  byId("language").textContent = language() === "zh" ? "EN" : "中";
  byId("preset-list").replaceChildren(
    ...PRESET_NAMES.map((name) =>
      make(
        "li",
        {},
        make(
          "a",
          { href: `#state=${encode(presetPlan(name))}`, "data-preset": name },
          make("b", {}, say(`preset_${name}`)),
          make("small", {}, say(`claim_${name}`)),
        ),
      ),
    ),
  );
  const { preset } = app.plan;
  byId("claim").hidden = !PRESET_NAMES.includes(preset);
  if (PRESET_NAMES.includes(preset))
    byId("claim").replaceChildren(make("b", {}, say(`preset_${preset}`)), ` ${say(`claim_${preset}`)}`);
  byId("help-body").replaceChildren(
    make("p", {}, say("help_touch")),
    make("p", {}, say("help_click")),
    make(
      "table",
      {},
      make(
        "tbody",
        {},
        ...[
          ["Space", "play"],
          ["e", "one_epoch"],
          ["b", "one_batch"],
          ["s", "one_sample"],
          ["←", "one_edge"],
          ["z", "undo"],
          ["r", "reset"],
          ["n", "next_sample"],
          ["p", "projector"],
          ["l", "language"],
          ["?", "help"],
        ].map(([key, text]) => make("tr", {}, make("th", {}, make("kbd", {}, key)), make("td", {}, say(text)))),
      ),
    ),
    make("p", {}, say("help_colours")),
  );
  brushes(app);
  app.film?.say();
}

/** @param {App} app */
function brushes(app) {
  const classes = Array.from({ length: Math.min(10, app.plan.classes.length + 1) }, (_, k) => String(k));
  const box = byId("brushes");
  const choose = (/** @type {string} */ brush) => {
    app.plane.brush = brush;
    for (const each of box.children) each.setAttribute("aria-checked", String(each.dataset.brush === brush));
  };
  box.replaceChildren(
    ...["select", ...classes, "remove"].map((brush) => {
      const isClass = /^\d$/.test(brush);
      const label = isClass
        ? say("brush_add", { class: app.plan.classes[Number(brush)] ?? say("brush_new") })
        : say(`brush_${brush}`);
      const sign = isClass ? make("canvas", { width: 32, height: 32 }) : null;
      if (sign) {
        const context = sign.getContext("2d");
        context.fillStyle = `rgb(${app.colours.classes[Number(brush)].join(",")})`;
        mark(context, Number(brush), 16, 16, 9);
        context.fill();
      }
      return make(
        "button",
        {
          type: "button",
          class: "brush",
          role: "radio",
          "aria-checked": String(app.plane.brush === brush),
          "data-brush": brush,
          "aria-label": label,
          title: label,
          onclick: () => choose(brush),
        },
        sign,
        isClass ? (app.plan.classes[Number(brush)] ?? "+") : { select: "↖", remove: "×" }[brush],
      );
    }),
  );
}

/** @param {App} app */
export function listen(app) {
  const on = (/** @type {string} */ id, /** @type {() => void} */ act) => byId(id).addEventListener("click", act);
  const act = {
    play: () => app.training.play(!app.training.isPlaying),
    epoch: () => remembered(app, () => app.training.train(app.session.stepsPerEpoch)),
    batch: () => remembered(app, () => app.training.train(1)),
    sample: () => app.training.stepSample(),
    edge: () => void app.training.stepEdge(),
    undo: () => app.undo(),
    reset: () => app.reset(),
    theme: () => changeTheme(app),
    projector: () => changeProjector(app),
    help: () => byId("help-page").showModal(),
    language: () => {
      speak(language() === "zh" ? "en" : "zh");
      app.rebuild();
    },
    next: () => app.editor.select((app.sample + 1) % app.points.X.length),
  };
  for (const [id, name] of /** @type {[string, keyof typeof act][]} */ ([
    ["play", "play"],
    ["step-epoch", "epoch"],
    ["step-batch", "batch"],
    ["step-sample", "sample"],
    ["step-edge", "edge"],
    ["undo", "undo"],
    ["reset", "reset"],
    ["theme", "theme"],
    ["projector", "projector"],
    ["help", "help"],
    ["language", "language"],
  ]))
    on(id, act[name]);
  on("save-model", () => download("model.json", modelJson(app.session), "application/json"));
  on("save-python", () => download("playground.py", pythonSource(app.session), "text/x-python"));
  on("copy-link", () => {
    app.tell(say("link_ready"));
    app.remember();
    navigator.clipboard?.writeText(location.href).catch(() => {});
  });
  for (const radio of /** @type {any} */ (document.querySelectorAll("input[name=edges]"))) {
    radio.addEventListener("change", () => {
      app.drawing.byGradient = radio.value === "gradient" && radio.checked;
      app.refresh();
    });
  }
  const keys = /** @type {Record<string, () => void>} */ ({
    " ": act.play,
    e: act.epoch,
    b: act.batch,
    s: act.sample,
    ArrowLeft: act.edge,
    z: act.undo,
    r: act.reset,
    n: act.next,
    p: act.projector,
    l: act.language,
    "?": act.help,
  });
  addEventListener("keydown", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || target.closest("input, select, textarea, dialog")) return;
    if (target.closest("button, summary, a") && [" ", "Enter"].includes(event.key)) return;
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  addEventListener("hashchange", () => {
    const parts = readAddress();
    for (const menu of /** @type {any} */ (document.querySelectorAll("details.menu"))) menu.open = false;
    const state = parts.get("state");
    if (!state) return;
    try {
      app.load(decode(state));
    } catch {
      app.tell(say("link_bad"));
    }
  });
  byId("preset-list").addEventListener("click", (/** @type {any} */ event) => {
    const name = event.target.closest("[data-preset]")?.dataset.preset;
    if (!name || location.protocol !== "about:") return;
    event.preventDefault(); // in a frame of a notebook a link would lead to the notebook's own address
    app.load(presetPlan(name));
  });
  document.addEventListener("click", (event) => {
    for (const menu of /** @type {any} */ (document.querySelectorAll("details.menu"))) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => recolour(app));
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) app.drawing.rebuild();
    width = innerWidth;
    app.refresh();
  });
  const parts = readAddress();
  if (["light", "dark"].includes(parts.get("theme") ?? ""))
    document.documentElement.dataset.theme = parts.get("theme") ?? "";
  if (parts.get("projector") === "1") setProjector(true);
  if (["en", "zh"].includes(parts.get("lang") ?? "")) speak(parts.get("lang") ?? DATA.lang);
  app.colours.read();
  if (app.isRefused) app.tell(say("link_bad"));
}

const readAddress = () => new URLSearchParams(location.hash.slice(1));

/** @param {App} app @param {() => void} act */
function remembered(app, act) {
  app.session.remember();
  act();
}

/** @param {App} app */
function recolour(app) {
  app.colours.read();
  brushes(app);
  app.refresh();
}

/** @param {App} app */
function changeTheme(app) {
  const { dataset } = document.documentElement;
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  dataset.theme = (dataset.theme ?? (isDark ? "dark" : "light")) === "dark" ? "light" : "dark";
  recolour(app);
}

/** For a projector: large, of high contrast, from step 0 on. @param {App} app */
function changeProjector(app) {
  setProjector(document.documentElement.dataset.projector !== "1");
  app.colours.read();
  if (document.documentElement.dataset.projector === "1" && app.session.optimizer.steps > 0) app.reset();
  else app.rebuild();
}

/** @param {boolean} is */
function setProjector(is) {
  if (is) document.documentElement.dataset.projector = "1";
  else delete document.documentElement.dataset.projector;
  byId("projector").setAttribute("aria-pressed", String(is));
}

/** @param {string} name @param {string} text @param {string} type */
function download(name, text, type) {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
