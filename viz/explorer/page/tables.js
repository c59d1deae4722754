// Tables of the panel: a head, and rows of a name and some cells, of which the numbers stand on the right.

function tableHead(heads) {
  const cells = heads.map((head, place) => make("th", { scope: "col", class: place > 0 && "number" }, head));
  return make("thead", {}, make("tr", {}, ...cells));
}

// The name is an element, or a symbol of mathematics; a cell is a number or an element.
function tableRow(name, cells) {
  const head = make("th", { scope: "row" }, typeof name === "string" ? make("i", {}, name) : name);
  return make("tr", {}, head, ...cells.map(tableCell));
}

function tableCell(cell) {
  if (typeof cell !== "number") return make("td", {}, cell);
  return make("td", { class: "number", title: exact(cell) }, written(cell));
}
