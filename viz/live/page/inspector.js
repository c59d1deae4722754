// One neuron: ∂C/∂a × σ'(z) = δ for the sample in hand, and its parameters, each to be touched.
import { signOf, written } from "../engine/numbers.js";
import { DATA, say } from "./data.js";
import { byId, make, write } from "./dom.js";
import { setBar } from "./bars.js";

/** @typedef {import("./main.js").App} App */

export class Inspector {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.box = byId("neuron");
    /** @type {(() => void)[]} */ this.updates = [];
  }

  rebuild() {
    const { app } = this;
    const {
      session,
      neuron: { layer, index },
    } = app;
    const { network, plan } = session;
    this.updates = [];
    const name = `layers.${layer}.neurons.${index}`;
    const rows = ["contribution", "activity", "delta"].map((kind, place) => {
      const [bar, figure] = [make("i", { class: `bar ${kind}` }), make("b", { class: "figure" })];
      this.updates.push(() => {
        const sample = app.view;
        const numbers = [sample.contributions, sample.slopes, sample.deltas].map((of) => of[layer + 1][index]);
        setBar(bar, numbers[place], place === 1 ? 1 : Math.max(Math.abs(numbers[0]), Math.abs(numbers[2])));
        write(figure, written(numbers[place]));
        figure.dataset.sign = signOf(numbers[place]);
      });
      return make(
        "tr",
        { class: kind },
        make("td", {}, ["", "×", "="][place]),
        make("th", { scope: "row" }, ["∂C/∂a", "σ′(z)", "δ"][place], make("small", {}, say(kind))),
        make("td", { class: "track" }, bar),
        make("td", { class: "figure" }, figure),
      );
    });
    const forward = make("p", { class: "equation" });
    this.updates.push(() => {
      const { a, z } = app.view;
      write(
        forward,
        `z = ${written(z[layer + 1][index])}   a = ${plan.layers[layer].activation}(z) = ${written(a[layer + 1][index])}   σ′ = ${DATA.symbols[plan.layers[layer].activation]?.[1] ?? "1"}`,
      );
    });
    const parameters = network.names.slice(
      network.start(layer, index),
      network.start(layer, index) + network.stride(layer),
    );
    this.box.replaceChildren(
      make("h2", {}, make("bdi", {}, name)),
      forward,
      make("table", { class: "product" }, make("tbody", {}, ...rows)),
      make(
        "table",
        { class: "parameters" },
        make(
          "thead",
          {},
          make(
            "tr",
            {},
            ...["parameter", "value", "gradient", "frozen"].map((key) => make("th", { scope: "col" }, say(key))),
          ),
        ),
        make("tbody", {}, ...parameters.map((each) => this.#row(each))),
      ),
    );
  }

  /** @param {string} name */
  #row(name) {
    const { app } = this;
    const { session } = app;
    const place = session.network.places.get(name) ?? 0;
    const number = app.parameterScrub(name);
    const gradient = make("button", {
      type: "button",
      class: "gradient link",
      onclick: () => app.explain(name),
      title: say("why_gradient"),
    });
    const frozen = make("input", {
      type: "checkbox",
      "aria-label": say("freeze", { name }),
      onchange: () => app.freeze(name, frozen.checked),
    });
    const row = make(
      "tr",
      { "data-parameter": name },
      make(
        "th",
        { scope: "row" },
        name.split(".").slice(4).join("."),
        name.endsWith(".b") ? make("small", {}, ` · 1`) : null,
      ),
      make("td", {}, number.element),
      make("td", {}, gradient),
      make("td", {}, frozen),
    );
    this.updates.push(() => {
      number.refresh();
      const g = session.results.gradient[place];
      write(gradient, written(g));
      gradient.dataset.sign = signOf(g);
      frozen.checked = session.plan.frozen.includes(name);
      row.classList.toggle("selected", app.parameter === name);
    });
    return row;
  }

  refresh() {
    for (const update of this.updates) update();
  }
}
