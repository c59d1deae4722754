// The drawing: cards for values, frames for unfolded neurons and layers, lines with their local derivatives.

const FONT = '"Helvetica Neue", Arial, sans-serif';

class Scene {
  constructor(world, graph, playback) {
    Object.assign(this, { world, graph, playback, cards: new Map(), lines: [] });
  }

  // Draw a layout anew; after that only update() changes it.
  show(layout) {
    this.layout = layout;
    this.cards = new Map();
    const frames = draw("g"), lines = draw("g", { class: "lines" }), labels = draw("g", { class: "labels" });
    const cards = draw("g");
    this.#addBox(layout.root, frames, cards);
    this.lines = layout.lines.map((line) => this.#makeLine(line, lines));
    if (layout.isDense) setTimeout(() => this.layout === layout && this.#labelLines(labels));  // after the first sight
    else this.#labelLines(labels);
    this.world.replaceChildren(frames, lines, labels, cards);
    this.lineOf = new Map(this.lines.flatMap((line) => line.edges.map((edge) => [edge, line])));
    this.update();
  }

  #addBox(box, frames, cards) {
    for (const item of box.items) {
      if (item.items && !item.isFolded) {
        frames.append(makeFrame(item));
        this.#addBox(item, frames, cards);
      } else {
        const card = item.group ? makeGroupCard(item) : makeCard(item);
        this.cards.set(item.key, card);
        cards.append(card.element);
      }
    }
  }

  #makeLine(line, parent) {
    const way = pathOf(line.points, this.layout.isDown);
    const element = draw("path", { d: way, class: "line" });
    parent.append(element);
    if (!this.layout.isDense) {
      parent.append(draw("path", { d: way, class: "reach", "data-line": line.key }));
    }
    return { ...line, element, look: "" };
  }

  // Each label goes to the first place on its line where it hides nothing; without one it shows only when asked for.
  #labelLines(parent) {
    const taken = [...this.cards.values()].map(({ item }) => [item.left, item.top, item.width, item.height]);
    const grid = new Occupied(taken);
    for (const line of this.lines) {
      const [edge] = line.edges;
      if (line.edges.length > 1 || edge.isConstant || line.from.group || line.to.group) continue;
      const number = edge.isMean ? "" : written(edge.derivative), formula = slopeOf(edge);
      const long = formula && formula !== number ? [formula, number].filter(Boolean).join(" = ") : number;
      if (!long) continue;
      const text = this.layout.isDense || long.length > 16 ? number : long;
      const width = text.length * 5.9 + 6;
      const spots = spotsOn(line.points, this.layout.isDown).map(([x, y]) => [x - width / 2, y - 8, width, 16]);
      const free = spots.find((spot) => grid.isFree(spot));
      const [x, y] = free ?? spots[0];
      if (free) grid.add(free);
      line.label = draw("text", { class: free ? "along" : "along crowded", x: x + width / 2, y: y + 12 }, text);
      parent.append(line.label);
    }
  }

  // Bring everything to the present step; what has not changed is not touched.
  update() {
    const { playback } = this;
    const { step } = playback;
    const { active, giver } = endsOf(step, playback);
    for (const card of this.cards.values()) {
      const { nodes } = card.item;
      card.write(playback);
      look(card, "active", nodes.some((node) => active.has(node)));
      look(card, "giver", nodes.some((node) => giver.has(node)));
      look(card, "absent", nodes.every((node) => !playback.graph.isShown(node)));
      const computed = nodes.filter((node) => node.op);
      look(card, "pending", computed.length > 0 && !computed.some((node) => playback.isComputed(node)));
    }
    for (const line of this.lines) this.#updateLine(line, step, active);
  }

  #updateLine(line, step, active) {
    const { playback } = this;
    const isLit = step.kind === "backward" ? line.edges.some((edge) => isPassing(edge, step, playback))
      : step.kind === "forward" && line.edges.some((edge) => active.has(edge.target));
    let flow = null;
    for (const edge of line.edges) {
      if (edge.isConstant) continue;
      const each = this.playback.flow(edge);
      if (each !== null && (flow === null || !(Math.abs(each) <= Math.abs(flow)))) flow = each;
    }
    const share = flow === null ? 0 : strength(flow, this.playback.largest);
    const isPending = !line.edges.some((edge) => this.playback.isComputed(edge.target));
    const classes = [
      "line", flow !== null && `${signOf(flow)} passed`, isLit && "lit", isLit && step.kind === "backward" && "back",
      isPending && "pending", line.edges.every((edge) => !playback.graph.isShown(edge.source)) && "absent", line.isOnPath && "path",
    ].filter(Boolean).join(" ");
    const look = `${classes} ${share.toFixed(2)}`;
    if (look === line.look) return;
    line.look = look;
    line.element.setAttribute("class", classes);
    line.element.style.setProperty("--share", share.toFixed(2));
    line.label?.classList.toggle("lit", isLit);
    line.label?.classList.toggle("pending", isPending);
    if (isLit) line.element.parentNode.append(line.element);  // above the others
  }

  // Set the edges of one path apart from all others; null for none.
  highlight(edges) {
    const chosen = new Set((edges ?? []).map((edge) => this.lineOf.get(edge)));
    for (const line of this.lines) line.isOnPath = chosen.has(line);
    this.world.classList.toggle("tracing", chosen.size > 0);
    const ends = new Set((edges ?? []).flatMap((edge) => [edge.source, edge.target]));
    for (const card of this.cards.values()) look(card, "path", card.item.nodes.some((node) => ends.has(node)));
    this.update();
  }

  select(key) {
    for (const card of this.cards.values()) {
      const isSelected = card.item.key === key;
      look(card, "selected", isSelected);
      card.element.setAttribute("aria-pressed", isSelected);
    }
  }

  // The card that stands for a node or a group; inside something folded, that.
  cardOf(node) {
    return this.cards.get(this.layout.shown.get(node)?.key);
  }
}

// The nodes that a step works on, and those that they get something from.
function endsOf(step, playback) {
  if (step.kind === "forward") {
    const nodes = step.run ? playback.order.slice(step.from - 1, step.to) : [step.node];
    return { active: new Set(nodes), giver: new Set() };
  }
  if (step.kind !== "backward") return { active: new Set(step.node ? [step.node] : []), giver: new Set() };
  const edges = step.run ? playback.edges.slice(step.from - playback.seed - 1, step.to - playback.seed) : [step.edge];
  return { active: new Set(edges.map((edge) => edge.source)), giver: new Set(edges.map((edge) => edge.target)) };
}

function isPassing(edge, step, playback) {
  if (!step.run) return edge === step.edge;
  const at = playback.passedAt[edge.index];
  return step.from <= at && at <= step.to;
}

function look(card, name, isOn) {
  card.looks ??= new Map();
  if ((card.looks.get(name) ?? false) === isOn) return;
  card.looks.set(name, isOn);
  card.element.classList.toggle(name, isOn);
}

// A smooth way through points, which at each of them goes straight on the way values flow.
function pathOf(points, isDown) {
  let way = `M${points[0].map(round).join(" ")}`;
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1], points[i]];
    if (Math.hypot(to[0] - from[0], to[1] - from[1]) < 0.5) continue;
    const ahead = isDown ? to[1] - from[1] : to[0] - from[0];
    const reach = ahead < 0 ? 80 : ahead / 2;
    const [dx, dy] = isDown ? [0, reach] : [reach, 0];
    const isStraight = ahead >= 0 && Math.abs(isDown ? to[0] - from[0] : to[1] - from[1]) < 0.5;
    way += isStraight ? `L${to.map(round).join(" ")}`
      : `C${[from[0] + dx, from[1] + dy, to[0] - dx, to[1] - dy, ...to].map(round).join(" ")}`;
  }
  return way;
}

function round(x) {
  return Math.round(x * 10) / 10;
}

// Where a label may stand: on the last stretch first, which no other line shares.
function spotsOn(points, isDown) {
  const spots = [];
  for (let i = points.length - 1; i > 0 && spots.length < 15; i--) {
    const [[x0, y0], [x1, y1]] = [points[i - 1], points[i]];
    if ((isDown ? y1 - y0 : x1 - x0) < 40) continue;
    for (const t of [0.45, 0.36, 0.55, 0.28, 0.66]) {
      const eased = t * t * (3 - 2 * t);  // the cubic's way across; along it is not quite at t, but near
      spots.push([x0 + (x1 - x0) * (isDown ? eased : t), y0 + (y1 - y0) * (isDown ? t : eased)]);
    }
  }
  const [[x0, y0], [x1, y1]] = [points.at(-2), points.at(-1)];
  return spots.length ? spots : [[(x0 + x1) / 2, (y0 + y1) / 2]];
}

// Rectangles that are taken, in a grid of buckets.
class Occupied {
  constructor(rectangles) {
    this.buckets = new Map();
    for (const rectangle of rectangles) this.add(rectangle);
  }

  *#near([x, y, width, height]) {
    for (let i = Math.floor(x / 128); i <= (x + width) / 128; i++) {
      for (let j = Math.floor(y / 64); j <= (y + height) / 64; j++) yield `${i},${j}`;
    }
  }

  add(rectangle) {
    for (const key of this.#near(rectangle)) {
      if (!this.buckets.has(key)) this.buckets.set(key, []);
      this.buckets.get(key).push(rectangle);
    }
  }

  isFree(rectangle) {
    const [x, y, width, height] = rectangle;
    for (const key of this.#near(rectangle)) {
      for (const [left, top, w, h] of this.buckets.get(key) ?? []) {
        if (x < left + w && left < x + width && y < top + h && top < y + height) return false;
      }
    }
    return true;
  }
}
