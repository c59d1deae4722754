// Where everything goes: each open box is a layered drawing of its own, and a single thing in the box around it.
// Lines enter and leave a box at ports on its border, one for each value that comes in or goes out.

const PADDING = { top: 34, bottom: 14 };

function layout(tree) {
  const isDense = tree.shown.size > 0 && countItems(tree.root) > 160;
  const columnGap = isDense ? 64 : 104;
  const links = new Map();  // box -> key -> link
  for (const line of tree.lines) line.route = routeOf(line, links);
  arrange(tree.root, links, columnGap);
  settle(tree.root, 0, 0);
  for (const line of tree.lines) {
    line.points = line.route.flatMap(([box, link]) => link.points.map(([x, y]) => [x + box.left, y + box.top]));
  }
  return { ...tree, isDense, width: tree.root.width, height: tree.root.height };
}

function countItems(box) {
  return box.items.reduce((count, item) => count + (item.items && !item.isFolded ? countItems(item) : 1), 0);
}

// The boxes around an item, the innermost first.
function around(item) {
  const boxes = [];
  for (let box = item.parent; box; box = box.parent) boxes.push(box);
  return boxes;
}

function routeOf(line, links) {
  const outer = around(line.from), inner = around(line.to);
  const common = outer.find((box) => inner.includes(box));
  const out = outer.slice(0, outer.indexOf(common)), into = inner.slice(0, inner.indexOf(common)).reverse();
  const within = [...out, common, ...into];
  return within.map((box, place) => {
    const from = place <= out.length ? (place ? within[place - 1] : line.from) : `in ${line.from.key}`;
    const to = place < out.length ? `out ${line.from.key}` : place < within.length - 1 ? within[place + 1] : line.to;
    if (!links.has(box)) links.set(box, new Map());
    const key = `${line.from.key} ${to.key ?? to}`;  // all lines of one value to one thing are one link
    if (!links.get(box).has(key)) links.get(box).set(key, { from, to, value: line.from.key });
    return [box, links.get(box).get(key)];
  });
}

function arrange(box, links, columnGap) {
  for (const item of box.items) if (item.items && !item.isFolded) arrange(item, links, columnGap);
  const own = [...(links.get(box)?.values() ?? [])];
  box.ports = new Map();
  for (const link of own) {
    for (const end of ["from", "to"]) {
      if (typeof link[end] !== "string") continue;
      const name = link[end];
      if (!box.ports.has(name)) box.ports.set(name, { key: name, port: name.split(" ")[0], width: 0, height: 12 });
      link[end] = box.ports.get(name);
    }
    link.fromY = endY(link.from, `out ${link.value}`);
    link.toY = endY(link.to, `in ${link.value}`);
  }
  const size = layered([...box.items, ...box.ports.values()], own, columnGap);
  const isRoot = !box.parent;
  const [top, bottom] = isRoot ? [0, 0] : [PADDING.top, PADDING.bottom];
  const [left, right] = isRoot ? [0, 0] : margins(box);
  for (const item of [...box.items, ...box.ports.values()]) {
    item.x += left;
    item.y += top;
  }
  for (const port of box.ports.values()) port.x = port.port === "in" ? 0 : size.width + left + right;
  for (const link of own) {
    link.points = link.points.map(([x, y]) => [x + left, y + top]);
    if (link.from.port) link.points.unshift([0, link.points[0][1]]);
    if (link.to.port) link.points.push([size.width + left + right, link.points.at(-1)[1]]);
  }
  box.width = Math.max(size.width + left + right, isRoot ? 0 : SIZES.group[0]);
  box.height = size.height + top + bottom;
}

// A border with ports has its own column; one without needs a margin.
function margins(box) {
  const kinds = new Set([...box.ports.values()].map((port) => port.port));
  return [kinds.has("in") ? 0 : 16, kinds.has("out") ? 0 : 16];
}

// Where on an item's side a line ends: in the middle, or at the port if it goes on inside.
function endY(item, port) {
  const inner = item.ports && !item.isFolded ? item.ports.get(port) : null;
  return inner ? inner.y + inner.height / 2 : item.height / 2;
}

function settle(box, left, top) {
  [box.left, box.top] = [left, top];
  for (const item of box.items) {
    if (item.items && !item.isFolded) settle(item, left + item.x, top + item.y);
    else [item.left, item.top] = [left + item.x, top + item.y];
  }
}
