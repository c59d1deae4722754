// The last part of a layered drawing: heights and columns as coordinates.

function placeRows(columns) {
  for (const column of columns) {
    let y = 0;
    for (const cell of column) {
      cell.y = y;
      y += cell.height + gapAfter(cell);
    }
    for (const cell of column) cell.y -= y / 2;
  }
  const rounds = columns.length > 400 ? 4 : 10;
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
    if (byIns) for (const s of cell.ins) [sum, weight] = [sum + s.weight * (s.a.y + s.aY - s.bY), weight + s.weight];
    if (byOuts) for (const s of cell.outs) [sum, weight] = [sum + s.weight * (s.b.y + s.bY - s.aY), weight + s.weight];
    if (!weight) [sum, weight] = [cell.y * 0.01, 0.01];
    let block = { sum: sum - weight * offset, weight, cells: [[cell, offset]] };
    while (blocks.length && blocks.at(-1).sum / blocks.at(-1).weight > block.sum / block.weight) {
      const before = blocks.pop();
      block = { sum: before.sum + block.sum, weight: before.weight + block.weight, cells: before.cells.concat(block.cells) };
    }
    blocks.push(block);
    offset += cell.height + gapAfter(cell);
  }
  for (const block of blocks) for (const [cell, below] of block.cells) cell.y = block.sum / block.weight + below;
}

function placeColumns(columns, links, columnGap) {
  const top = Math.min(...columns.flat().map((cell) => cell.y));
  const bottom = Math.max(...columns.flat().map((cell) => cell.y + cell.height));
  const lefts = [], rights = [];
  let x = 0;
  columns.forEach((column, rank) => {
    const width = Math.max(0, ...column.map((cell) => cell.item?.width ?? 0));
    lefts.push(x);
    rights.push(x + width);
    for (const cell of column) {
      if (!cell.item) continue;
      cell.item.x = x + (width - cell.item.width) / 2;
      cell.item.y = cell.y - top;
    }
    if (rank + 1 < columns.length) x += width + gapBetween(column, columns[rank + 1], columnGap);
  });
  for (const link of links) {
    link.points = link.chain.flatMap((cell, place) => {
      if (place === 0) return [[cell.item.x + cell.item.width, cell.item.y + link.fromY]];
      if (place === link.chain.length - 1) return [[cell.item.x, cell.item.y + link.toY]];
      return [[lefts[cell.rank], cell.y - top + 1], [rights[cell.rank], cell.y - top + 1]];
    });
  }
  return { width: rights.at(-1), height: bottom - top };
}

// The steeper the lines between two columns, the more room they get; next to a border there is no label to make room for.
function gapBetween(column, next, columnGap) {
  const isPorts = (cells) => cells.every((cell) => cell.item?.port);
  const steepest = Math.max(0, ...column.flatMap((cell) => cell.outs.map((s) => Math.abs(s.a.y + s.aY - s.b.y - s.bY))));
  if (isPorts(column) || isPorts(next)) return Math.min(140, 18 + steepest * 0.4);
  return Math.min(columnGap + 160, columnGap + steepest * 0.12);
}
