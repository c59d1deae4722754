// The last part of a layered drawing: rows and columns as coordinates.

function placeRows(columns) {
  for (const column of columns) {
    let across = 0;
    for (const cell of column) {
      cell.across = across;
      across += cell.breadth + gapAfter(cell);
    }
    for (const cell of column) cell.across -= across / 2;
  }
  const rounds = columns.length > 400 ? 4 : 8;
  for (let round = 0; round < rounds; round++) {
    const last = round >= rounds - 2;
    for (const column of round % 2 ? columns.toReversed() : columns) {
      levelColumn(column, last || round % 2 === 0, last || round % 2 === 1);
    }
  }
}

function gapAfter(cell) {
  return cell.item ? GAP.item : GAP.line;
}

// Move a column's cells to where their lines are level, as nearly as their order and size allow: least squares with
// an order to keep, by pooling neighbours that would overtake each other (Ayer et al. 1955).
function levelColumn(column, byIns, byOuts) {
  const blocks = [];
  let offset = 0;
  for (const cell of column) {
    let sum = 0, weight = 0;
    const pull = (s, goal) => {
      sum += s.weight * goal;
      weight += s.weight;
    };
    if (byIns) for (const s of cell.ins) pull(s, s.a.across + s.leaves - s.enters);
    if (byOuts) for (const s of cell.outs) pull(s, s.b.across + s.enters - s.leaves);
    if (!weight) pull({ weight: 0.01 }, cell.across);
    const block = { sum: sum - weight * offset, weight, count: 1 };
    while (blocks.length && blocks.at(-1).sum / blocks.at(-1).weight > block.sum / block.weight) {
      const before = blocks.pop();
      block.sum += before.sum;
      block.weight += before.weight;
      block.count += before.count;
    }
    blocks.push(block);
    cell.below = offset;
    offset += cell.breadth + gapAfter(cell);
  }
  let place = 0;
  for (const { sum, weight, count } of blocks) {
    for (const end = place + count; place < end; place++) column[place].across = sum / weight + column[place].below;
  }
}

function placeColumns(columns, links, columnGap) {
  const first = Math.min(...columns.flat().map((cell) => cell.across));
  const last = Math.max(...columns.flat().map((cell) => cell.across + cell.breadth));
  const starts = [], ends = [];
  let along = 0;
  columns.forEach((column, rank) => {
    const depth = Math.max(0, ...column.map((cell) => cell.item?.depth ?? 0));
    starts.push(along);
    ends.push(along + depth);
    for (const cell of column) {
      cell.across -= first;
      if (!cell.item) continue;
      cell.item.along = along + (depth - cell.item.depth) / 2;
      cell.item.across = cell.across;
    }
    if (rank + 1 < columns.length) along += depth + gapBetween(column, columns[rank + 1], columnGap);
  });
  for (const link of links) {
    const { chain, from, to, leaves, enters } = link;
    const through = ({ rank, across }) => [[starts[rank], across + 1], [ends[rank], across + 1]];
    const bends = chain.slice(1, -1).flatMap(through);
    // What is less deep than its column is reached, and left, on a straight line: beside it may be something deeper.
    const [out, into] = [from.across + leaves, to.across + enters];
    const isBent = chain[0].rank < chain.at(-1).rank;
    if (isBent) bends.unshift([ends[chain[0].rank], out]);
    if (isBent) bends.push([starts[chain.at(-1).rank], into]);
    link.points = [[from.along + from.depth, out], ...bends, [to.along, into]];
  }
  return { depth: ends.at(-1), breadth: last - first };
}

const slope = (s) => Math.abs(s.a.across + s.leaves - s.b.across - s.enters);

// The steeper the lines between two columns, the more room they get; next to a border no label needs any.
function gapBetween(column, next, columnGap) {
  const isPorts = (cells) => cells.every((cell) => cell.item?.port);
  const steepest = Math.max(0, ...column.flatMap((cell) => cell.outs.map((s) => slope(s))));
  if (isPorts(column) || isPorts(next)) return Math.min(60, 18 + steepest * 0.3);
  return Math.min(columnGap + 160, columnGap + steepest * 0.12);
}
