// A layered drawing of one box (Sugiyama, Tagawa and Toda 1981): columns by the longest way from an operand, few
// crossings by barycentres, then rows so that lines are as straight as they can be.

const GAP = { item: 14, line: 8 };
const MOST_BENDS = 2500;  // beyond that, the longest lines go straight, over whatever is in between

// items: {depth, breadth, port?: "in" | "out"}, depth being along the way values flow; links: {from, to, leaves, enters}
// between items, the last two being where on the breadth of either. Sets `along` and `across` on items, `points` of
// these on links; returns the size.
function layered(items, links, columnGap) {
  const ranks = rankItems(items, links);
  const cells = items.map((item) => ({ item, breadth: item.breadth, rank: ranks.get(item), ins: [], outs: [] }));
  const cellOf = new Map(cells.map((cell) => [cell.item, cell]));
  const longest = longestBent(links, cellOf);
  for (const link of links) link.chain = chainOf(link, cellOf, cells, longest);
  const columns = orderColumns(cells);
  placeRows(columns);
  return placeColumns(columns, links, columnGap);
}

function rankItems(items, links) {
  const ins = new Map(items.map((item) => [item, []])), outs = new Map(items.map((item) => [item, []]));
  for (const link of links) {
    ins.get(link.to).push(link.from);
    outs.get(link.from).push(link.to);
  }
  const waiting = new Map(items.map((item) => [item, ins.get(item).length]));
  const ranks = new Map(items.map((item) => [item, 0]));
  const ready = items.filter((item) => waiting.get(item) === 0);
  const left = new Set(items);
  while (left.size) {
    const item = ready.pop() ?? left.values().next().value;  // in a ring, which only groups can make, begin anywhere
    if (!left.delete(item)) continue;
    for (const next of outs.get(item)) {
      if (!left.has(next)) continue;
      ranks.set(next, Math.max(ranks.get(next), ranks.get(item) + 1));
      waiting.set(next, waiting.get(next) - 1);
      if (waiting.get(next) === 0) ready.push(next);
    }
  }
  for (const item of items) {  // a leaf stands just before the first that uses it
    if (!ins.get(item).length && outs.get(item).length) {
      ranks.set(item, Math.min(...outs.get(item).map((next) => ranks.get(next))) - 1);
    }
  }
  const inner = items.filter((item) => !item.port).map((item) => ranks.get(item));
  const lowest = Math.min(...inner), highest = Math.max(...inner);
  for (const item of items) {
    if (item.port) ranks.set(item, item.port === "in" ? lowest - 1 : highest + 1);
  }
  const first = Math.min(...ranks.values());
  for (const [item, rank] of ranks) ranks.set(item, rank - first);
  return ranks;
}

// The longest span for which all lines up to it bend around what is between.
function longestBent(links, cellOf) {
  const spans = links.map((link) => cellOf.get(link.to).rank - cellOf.get(link.from).rank).sort((a, b) => a - b);
  let bends = 0;
  for (const span of spans) {
    bends += Math.max(0, span - 1);
    if (bends > MOST_BENDS) return span - 1;
  }
  return Infinity;
}

// The cells a line passes, ends included; between neighbours in it are the segments that the drawing is made from.
function chainOf(link, cellOf, cells, longest) {
  const from = cellOf.get(link.from), to = cellOf.get(link.to);
  const span = to.rank - from.rank;
  if (span < 1 || span > longest) return [from, to];
  const chain = [from];
  for (let rank = from.rank + 1; rank < to.rank; rank++) {
    const cell = { item: null, breadth: 2, rank, ins: [], outs: [] };
    cells.push(cell);
    chain.push(cell);
  }
  chain.push(to);
  for (let i = 0; i + 1 < chain.length; i++) {
    const [a, b] = [chain[i], chain[i + 1]];
    const segment = {
      a, b, leaves: a.item ? link.leaves : 1, enters: b.item ? link.enters : 1, weight: a.item || b.item ? 1 : 8,
    };
    a.outs.push(segment);
    b.ins.push(segment);
  }
  return chain;
}

function orderColumns(cells) {
  const columns = Array.from({ length: Math.max(...cells.map((cell) => cell.rank)) + 1 }, () => []);
  // To begin with, as a reader would draw it: from the results back to their operands, in their order.
  const seen = new Set();
  for (const end of cells.filter((cell) => !cell.outs.length)) {
    const stack = [end];
    while (stack.length) {
      const cell = stack.pop();
      if (seen.has(cell)) continue;
      seen.add(cell);
      columns[cell.rank].push(cell);
      for (const segment of cell.ins.toReversed()) stack.push(segment.a);
    }
  }
  number(columns);
  let best = columns.map((column) => [...column]), fewest = crossings(columns);
  for (let round = 0, vain = 0; round < 12 && vain < 3 && fewest > 0; round++) {
    const forward = round % 2 === 0;
    for (const column of forward ? columns : columns.toReversed()) sortColumn(column, forward);
    const count = crossings(columns);
    if (count < fewest) [best, fewest, vain] = [columns.map((column) => [...column]), count, 0];
    else vain++;
  }
  number(best);
  return best;
}

function number(columns) {
  for (const column of columns) column.forEach((cell, place) => (cell.place = place));
}

function sortColumn(column, forward) {
  for (const cell of column) {
    let sum = 0;
    if (forward) for (const s of cell.ins) sum += s.a.place + s.leaves / s.a.breadth;
    else for (const s of cell.outs) sum += s.b.place + s.enters / s.b.breadth;
    cell.centre = sum / (forward ? cell.ins : cell.outs).length;
  }
  // What has no neighbour on that side keeps its place; the others change theirs among themselves.
  const isMoving = (cell) => !Number.isNaN(cell.centre);
  const moving = column.filter(isMoving).sort((a, b) => a.centre - b.centre || a.place - b.place);
  let next = 0;
  column.forEach((cell, place) => {
    if (isMoving(cell)) column[place] = moving[next++];
    column[place].place = place;
  });
}

// Pairs of segments that cross: inversions, counted in a Fenwick tree.
function crossings(columns) {
  let count = 0;
  for (const column of columns) {
    const ends = [];
    for (const cell of column) {
      if (cell.outs.length === 1) ends.push(cell.outs[0].b.place);
      else ends.push(...cell.outs.map((s) => s.b.place).sort((a, b) => a - b));
    }
    const tree = new Int32Array(Math.max(0, ...ends) + 2);
    ends.forEach((end, before) => {
      let notAfter = 0;
      for (let i = end + 1; i > 0; i -= i & -i) notAfter += tree[i];
      count += before - notAfter;
      for (let i = end + 1; i < tree.length; i += i & -i) tree[i]++;
    });
  }
  return count;
}
