// Where the reader is, kept in the part of the address after #: step, stride, row, view, selection, folds, theme, and the
// leaves that were given other numbers.

function readAddress() {
  const found = new URLSearchParams(location.hash.slice(1));
  const view = found.get("view")?.split(",").map(Number);
  return {
    step: Number.isFinite(Number(found.get("step") ?? NaN)) ? Number(found.get("step")) : null,
    view: view?.length === 3 && view.every(Number.isFinite) ? view : null,
    at: found.get("at"),
    folded: found.has("folded") ? found.get("folded").split(",").filter(Boolean) : null,
    row: /^\d+$/.test(found.get("row") ?? "") ? Number(found.get("row")) - 1 : null,
    by: ["value", "neuron", "layer", "row"].includes(found.get("by")) ? found.get("by") : "value",
    set: (found.get("set") ?? "").split(",").filter(Boolean).map((each) => each.split(":")),
    theme: ["light", "dark"].includes(found.get("theme")) ? found.get("theme") : null,
  };
}

function writeAddress({ step, view, at, folded, theme, row, by, set }) {
  if (location.protocol === "about:") return;  // a page within a page has no address of its own
  const parts = new URLSearchParams({ step });
  if (view) parts.set("view", view.map((x) => Number(x.toFixed(5))).join(","));
  if (row !== null) parts.set("row", row + 1);
  if (by !== "value") parts.set("by", by);
  if (at) parts.set("at", at);
  if (folded) parts.set("folded", folded.join(","));
  if (set.size) parts.set("set", [...set].map(([id, x]) => `${id}:${x}`).join(","));
  if (theme) parts.set("theme", theme);
  history.replaceState(null, "", `#${parts}`);
}
