// The column of choices: data, model, training. Every change is undone by one undo.
import { parseCsv, numericColumns, rowsOf } from "./csv.js";
import { say } from "./data.js";
import { DATASETS } from "./datasets.js";
import { button, byId, make } from "./dom.js";
import { SCHEME_NAMES } from "./init.js";
import { scrub } from "./scrub.js";

/** @typedef {import("./main.js").App} App */

export class Settings {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("settings");
    /** @type {(() => void)[]} */ this.updates = [];
    this.#listenToFiles();
  }

  rebuild() {
    const { app } = this;
    const { plan } = app.session;
    this.updates = [];
    const isGenerated = plan.data.set in DATASETS;
    const data = plan.data;
    this.box.replaceChildren(
      this.#section(
        "data",
        this.#choice(
          "data_set",
          [...Object.keys(DATASETS), ...(isGenerated ? [] : [data.set])],
          () => data.set,
          (set) => app.setData({ set }),
        ),
        ...(isGenerated
          ? [
              this.#number("points", {
                get: () => data.count,
                set: (count) => app.setData({ count }, false),
                whole: true,
                low: 4,
                high: 1000,
                step: 4,
              }),
              this.#number("noise", {
                get: () => data.noise,
                set: (noise) => app.setData({ noise }, false),
                low: 0,
                high: 2,
                step: 0.01,
              }),
            ]
          : []),
        this.#number("held_out", {
          get: () => data.heldOut,
          set: (heldOut) => app.setData({ heldOut }, false),
          low: 0,
          high: 0.9,
          step: 0.05,
        }),
        this.#number("data_seed", {
          get: () => data.seed,
          set: (seed) => app.setData({ seed }, false),
          whole: true,
          low: 0,
          high: 1e6,
        }),
        make("div", { class: "row" }, this.#file()),
        byId("csv-note") ?? make("div", { id: "csv-note", "aria-live": "polite" }),
      ),
      this.#section(
        "model",
        make(
          "div",
          { class: "row" },
          button(say("add_layer"), () =>
            app.reshape((layers) =>
              layers.splice(layers.length - 1, 0, {
                ...layers[Math.max(0, layers.length - 2)],
                neurons: 4,
                activation: layers.length > 1 ? layers[layers.length - 2].activation : "tanh",
              }),
            ),
          ),
          button(
            say("remove_layer"),
            () => app.reshape((layers) => layers.length > 1 && layers.splice(layers.length - 2, 1)),
            { disabled: plan.layers.length === 1 },
          ),
        ),
        this.#choice(
          "init",
          SCHEME_NAMES,
          () => plan.init,
          (init) =>
            app.change(() => {
              plan.init = init;
              app.session.initialise();
            }),
        ),
        this.#number("seed", {
          get: () => plan.seed,
          set: (seed) => {
            plan.seed = seed;
            app.session.initialise();
            app.refresh();
          },
          whole: true,
          low: 0,
          high: 1e6,
        }),
        this.#check(
          "biases",
          () => plan.layers.every(({ bias }) => bias),
          (bias) => app.reshape((layers) => layers.forEach((layer) => (layer.bias = bias))),
        ),
      ),
      this.#section(
        "training",
        this.#choice(
          "loss",
          app.session.losses,
          () => plan.loss,
          (loss) => app.change(() => (plan.loss = loss)),
        ),
        this.#choice(
          "optimizer",
          ["sgd", "momentum", "adam"],
          () => plan.optimizer,
          (optimizer) =>
            app.change(() => {
              plan.optimizer = optimizer;
              app.session.restartTraining();
            }),
        ),
        this.#number("rate", {
          get: () => plan.rate,
          set: (rate) => app.quietly(() => (plan.rate = rate)),
          ratio: true,
          low: 0,
          high: 1e4,
        }),
        this.#number("batch", {
          get: () => plan.batch,
          set: (batch) => app.quietly(() => (plan.batch = batch)),
          whole: true,
          low: 1,
          high: 5000,
        }),
        this.#number("decay", {
          get: () => plan.decay,
          set: (decay) => app.quietly(() => (plan.decay = decay)),
          low: 0,
          high: 10,
          step: 0.001,
        }),
      ),
    );
  }

  refresh() {
    for (const update of this.updates) update();
  }

  /** @param {string} key @param {...any} children */
  #section(key, ...children) {
    return make("section", {}, make("h2", {}, say(key)), ...children);
  }

  /** @param {string} key @param {string[]} options @param {() => string} get @param {(value: string) => void} set */
  #choice(key, options, get, set) {
    const select = make(
      "select",
      { id: `set-${key}`, onchange: () => set(select.value) },
      ...options.map((name) => make("option", { value: name }, name.startsWith("csv:") ? name.slice(4) : name)),
    );
    select.value = get();
    this.updates.push(() => select.value === get() || (select.value = get()));
    return make("label", { class: "row" }, make("span", {}, say(key)), select);
  }

  /** @param {string} key @param {Omit<import("./scrub.js").Touch, "label">} touch */
  #number(key, touch) {
    const number = scrub({ label: say(key), begin: () => this.app.session.remember(), ...touch });
    number.element.id = `set-${key}`;
    this.updates.push(number.refresh);
    return make("div", { class: "row" }, make("span", {}, say(key)), number.element);
  }

  /** @param {string} key @param {() => boolean} get @param {(is: boolean) => void} set */
  #check(key, get, set) {
    const box = make("input", { type: "checkbox", id: `set-${key}`, onchange: () => set(box.checked) });
    box.checked = get();
    return make("label", { class: "row" }, make("span", {}, say(key)), box);
  }

  #file() {
    const input = make("input", {
      type: "file",
      id: "csv",
      accept: ".csv,.tsv,.txt,text/csv",
      class: "hidden-file",
      "aria-label": say("open_csv"),
      onchange: () => input.files[0] && this.open(input.files[0]),
    });
    return make("label", { class: "plain file" }, say("open_csv"), input);
  }

  #listenToFiles() {
    addEventListener("dragover", (event) => {
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => event.relatedTarget || document.body.classList.remove("dropping"));
    addEventListener("drop", (event) => {
      event.preventDefault();
      document.body.classList.remove("dropping");
      const file = event.dataTransfer?.files[0];
      if (file) this.open(file);
    });
  }

  /** @param {File} file */
  async open(file) {
    const note = byId("csv-note");
    if (file.size > 5e6) return note.replaceChildren(say("csv_large"));
    const table = parseCsv(await file.text());
    const numeric = numericColumns(table);
    const name = `csv:${file.name}`;
    if (table.rows.length < 2 || !numeric.length) return note.replaceChildren(say("csv_no_numbers"));
    const target =
      numeric.includes(table.header.length - 1) && numeric.length < table.header.length
        ? table.header.findIndex((_, i) => !numeric.includes(i))
        : table.header.length - 1;
    const free = numeric.filter((i) => i !== target);
    const columns = [free[0] ?? numeric[0], free[1] ?? free[0] ?? numeric[0]];
    const pick = (
      /** @type {string} */ key,
      /** @type {number} */ at,
      /** @type {(i: number) => void} */ set,
      /** @type {number[]} */ options,
    ) => {
      const select = make(
        "select",
        { "aria-label": say(key), onchange: () => set(Number(select.value)) },
        ...options.map((i) => make("option", { value: i, selected: i === at }, table.header[i])),
      );
      return make("label", { class: "row" }, make("span", {}, say(key)), select);
    };
    let chosen = target;
    const problem = make("p", { class: "problem" });
    const take = () => {
      const rows = rowsOf(table, columns, chosen);
      problem.textContent = rows.problem ? say(...rows.problem) : "";
      if (rows.problem) return;
      this.app.adopt(
        rows,
        columns.map((i) => table.header[i]),
        name,
      );
    };
    note.replaceChildren(
      pick(
        "csv_across",
        columns[0],
        (i) => {
          columns[0] = i;
          take();
        },
        numeric,
      ),
      pick(
        "csv_up",
        columns[1],
        (i) => {
          columns[1] = i;
          take();
        },
        numeric,
      ),
      pick(
        "csv_class",
        chosen,
        (i) => {
          chosen = i;
          take();
        },
        table.header.map((_, i) => i),
      ),
      problem,
    );
    take();
  }
}
