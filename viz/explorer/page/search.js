// Find a value, a neuron or a layer by any part of its name.

const MATCHES_SHOWN = 40;

class Search {
  constructor(input, list, app) {
    Object.assign(this, { input, list, app, matches: [], current: -1 });
    input.addEventListener("input", () => this.#find());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    input.addEventListener("focus", () => this.#find());
    this.entries = null;
  }

  // What can be found, listed when it is first asked for.
  #list() {
    const { graph } = this.app;
    const groups = [...graph.groups.values()].filter(({ kind }) => kind !== "part");
    const entries = [
      ...groups.map(({ path, kind }) => ({ key: path, name: path, about: TEXT[kind] })),
      ...graph.nodes.filter((node) => node.kind !== "constant").map((node) => ({
        key: node.id, name: node.label || (graph.neurons[node.group] ? `${node.group}.${node.name}` : node.name),
        about: node.op || TEXT[node.kind], also: node.name,
      })),
    ];
    for (const entry of entries) entry.text = `${entry.name} ${entry.also ?? ""}`.toLowerCase();
    return entries;
  }

  #find() {
    const wanted = this.input.value.trim().toLowerCase();
    if (!wanted) return this.#close();
    this.entries ??= this.#list();
    const found = this.entries.filter((entry) => entry.text.includes(wanted));
    const isIt = (name) => name?.toLowerCase() === wanted;
    const rank = ({ name, also, text }) => (isIt(name) || isIt(also) ? 0 : text.startsWith(wanted) ? 1 : 2);
    found.sort((a, b) => rank(a) - rank(b));
    this.matches = found.slice(0, MATCHES_SHOWN);
    const options = this.matches.map((entry, place) => make(
      "li", { role: "option", id: `match-${place}`, onpointerdown: () => this.#choose(place) },
      make("bdi", { class: "name" }, fitting(entry.name, 250, `14px ${FONT}`)), make("small", {}, entry.about),
    ));
    if (!found.length) options.push(make("li", { class: "none" }, TEXT.no_match));
    const hidden = found.length - this.matches.length;
    if (hidden > 0) options.push(make("li", { class: "none" }, say("more", { count: hidden })));
    this.list.replaceChildren(...options);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.#mark(this.matches.length ? 0 : -1);
  }

  #mark(place) {
    this.current = place;
    [...this.list.children].forEach((option, i) => option.setAttribute("aria-selected", i === place));
    if (place < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", `match-${place}`);
    this.list.children[place].scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const count = this.matches.length;
    if (event.key === "ArrowDown" && count) this.#mark((this.current + 1) % count);
    else if (event.key === "ArrowUp" && count) this.#mark((this.current + count - 1) % count);
    else if (event.key === "Enter" && this.current >= 0) this.#choose(this.current);
    else if (event.key === "Escape") this.input.blur();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #choose(place) {
    const { key } = this.matches[place];
    this.input.value = "";
    this.#close();
    this.app.select(key, true);
    this.app.focusCard(key);
  }

  #close() {
    this.list.hidden = true;
    this.matches = [];
    this.current = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
