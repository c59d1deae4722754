// Where the reader is, kept in the part of the address after #: step, view, selection, folds, light or dark.

function readAddress() {
  const found = new URLSearchParams(location.hash.slice(1));
  const view = found.get("view")?.split(",").map(Number);
  return {
    step: Number.isFinite(Number(found.get("step") ?? NaN)) ? Number(found.get("step")) : null,
    view: view?.length === 3 && view.every(Number.isFinite) ? view : null,
    at: found.get("at"),
    folded: found.has("folded") ? found.get("folded").split(",").filter(Boolean) : null,
    theme: ["light", "dark"].includes(found.get("theme")) ? found.get("theme") : null,
  };
}

function writeAddress({ step, view, at, folded, theme }) {
  if (location.protocol === "about:") return;  // a page within a page has no address of its own
  const parts = new URLSearchParams({ step });
  if (view) parts.set("view", view.map((x) => Number(x.toFixed(5))).join(","));
  if (at) parts.set("at", at);
  if (folded) parts.set("folded", folded.join(","));
  if (theme) parts.set("theme", theme);
  history.replaceState(null, "", `#${parts}`);
}
