// The findings of the moment, each with its reason and a button that mends it.
import { language, say } from "./data.js";
import { button, byId, make } from "./dom.js";

export class Findings {
  shown = "";

  /** @param {import("./diagnoses.js").Finding[]} findings */
  show(findings, isFresh = false) {
    const box = byId("findings");
    const key = JSON.stringify(findings.map(({ kind, neurons }) => [kind, neurons])) + language();
    if (!isFresh && key === this.shown) return;
    this.shown = key;
    box.replaceChildren(
      ...findings
        .slice(0, 4)
        .map(({ kind, neurons, remedy, act }) =>
          make(
            "li",
            { "data-kind": kind },
            make("b", {}, say(kind)),
            neurons.length
              ? make("span", { class: "names" }, neurons.slice(0, 3).join(", ") + (neurons.length > 3 ? " …" : ""))
              : null,
            make("span", { class: "reason" }, say(`${kind}.why`)),
            button(say(remedy), act),
          ),
        ),
    );
  }
}
