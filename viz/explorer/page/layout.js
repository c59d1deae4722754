// Where everything goes: each open box is a layered drawing of its own, and a single thing in the box around it.
// Lines enter and leave a box at ports on its border, one for each value that comes in or goes out.

const PADDING = { top: 34, side: 16 };

// isDown: values flow down the screen, not to the right.
function layout(tree, isDown = false) {
  const isDense = countItems(tree.root) > 160;
  const plan = { isDown, links: new Map(), gap: isDown ? (isDense ? 36 : 52) : isDense ? 52 : 84 };
  for (const line of tree.lines) line.route = routeOf(line, plan.links);
  arrange(tree.root, plan);
  settle(tree.root, 0, 0);
  for (const line of tree.lines) {
    line.points = line.route.flatMap(([box, link]) => link.points.map(([x, y]) => [x + box.left, y + box.top]));
  }
  return { ...tree, isDense, isDown, width: tree.root.width, height: tree.root.height };
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

function arrange(box, plan) {
  const { isDown, links, gap } = plan;
  for (const item of box.items) if (item.items && !item.isFolded) arrange(item, plan);
  const own = [...(links.get(box)?.values() ?? [])];
  box.ports = new Map();
  for (const item of box.items) [item.depth, item.breadth] = isDown ? [item.height, item.width] : [item.width, item.height];
  for (const link of own) {
    for (const end of ["from", "to"]) {
      if (typeof link[end] !== "string") continue;
      const name = link[end];
      if (!box.ports.has(name)) box.ports.set(name, { port: name.split(" ")[0], depth: 0, breadth: 12 });
      link[end] = box.ports.get(name);
    }
    link.leaves = endOn(link.from, `out ${link.value}`);
    link.enters = endOn(link.to, `in ${link.value}`);
  }
  const items = [...box.items, ...box.ports.values()];
  const size = items.length ? layered(items, own, gap) : { depth: 0, breadth: 0 };
  const [before, after, aside, beyond] = margins(box, isDown);
  const length = size.depth + before + after;
  for (const item of items) [item.along, item.across] = [item.along + before, item.across + aside];
  for (const port of box.ports.values()) port.along = port.port === "in" ? 0 : length;
  const turn = ([along, across]) => (isDown ? [across, along] : [along, across]);
  for (const link of own) {
    const points = link.points.map(([along, across]) => [along + before, across + aside]);
    if (link.from.port) points.unshift([0, points[0][1]]);
    if (link.to.port) points.push([length, points.at(-1)[1]]);
    link.points = points.map(turn);
  }
  for (const item of box.items) [item.x, item.y] = turn([item.along, item.across]);
  [box.width, box.height] = turn([length, size.breadth + aside + beyond]);
  if (box.parent) box.width = Math.max(box.width, SIZES.group[0]);
}

// Around what is in a box: before and after it, the way values flow, and on its two sides. Above is the title. A border
// with ports has a column of its own, and needs no more room.
function margins(box, isDown) {
  if (!box.parent) return [0, 0, 0, 0];
  const has = (kind) => [...box.ports.values()].some((port) => port.port === kind);
  const { top, side } = PADDING;
  return isDown ? [top, has("out") ? 0 : side, side, side] : [has("in") ? 0 : side, has("out") ? 0 : side, top, side];
}

// Where on an item's side a line ends: in the middle, or at the port if it goes on inside.
function endOn(item, name) {
  const port = item.ports && !item.isFolded ? item.ports.get(name) : null;
  return port ? port.across + port.breadth / 2 : item.breadth / 2;
}

function settle(box, left, top) {
  [box.left, box.top] = [left, top];
  for (const item of box.items) {
    if (item.items && !item.isFolded) settle(item, left + item.x, top + item.y);
    else [item.left, item.top] = [left + item.x, top + item.y];
  }
}
