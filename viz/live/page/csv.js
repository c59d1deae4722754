// A CSV file as a table of texts, and two of its columns with a class as rows to learn from.

/** @param {string} text @returns {{header: string[], rows: string[][]}} */
export function parseCsv(text) {
  const lines = text.replace(/^\uFEFF/, "");
  const first = lines.split(/\r?\n/, 1)[0];
  const counts = [",", ";", "\t"].map((each) => first.split(each).length);
  const delimiter = [",", ";", "\t"][counts.indexOf(Math.max(...counts))];
  /** @type {string[][]} */ const table = [];
  /** @type {string[]} */ let row = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i <= lines.length; i++) {
    const letter = lines[i];
    if (isQuoted && letter !== undefined) {
      if (letter !== '"') cell += letter;
      else if (lines[i + 1] === '"') cell += lines[i++];
      else isQuoted = false;
    } else if (letter === '"' && cell.trim() === "") [isQuoted, cell] = [true, ""];
    else if (letter === delimiter || letter === "\n" || letter === undefined) {
      row.push(cell.trim());
      cell = "";
      if (letter === delimiter) continue;
      if (row.some((each) => each !== "")) table.push(row);
      row = [];
    } else cell += letter;
  }
  const [header = [], ...rows] = table;
  if (header.length && header.every((each) => each !== "" && Number.isFinite(Number(each)))) {
    return { header: header.map((_, i) => `column ${i + 1}`), rows: table };
  }
  return { header: header.map((each, i) => each || `column ${i + 1}`), rows };
}

/** A number as people write it: decimal commas too. @param {string} text */
export function numberIn(text = "") {
  const cleaned = /^[-+]?\d+,\d+$/.test(text) ? text.replace(",", ".") : text;
  return cleaned === "" ? Number.NaN : Number(cleaned);
}

/** The columns that hold numbers only. @param {{header: string[], rows: string[][]}} table */
export function numericColumns({ header, rows }) {
  return header.map((_, i) => i).filter((i) => rows.length && rows.every((row) => Number.isFinite(numberIn(row[i]))));
}

/**
 * Rows of two features and classes counted from 0, or what is wrong.
 * @param {{header: string[], rows: string[][]}} table @param {number[]} features @param {number} target
 * @returns {{X: number[][], y: number[], classes: string[], problem?: [string, Record<string, string | number>]}}
 */
export function rowsOf({ header, rows }, features, target) {
  const classes = [...new Set(rows.map((row) => row[target] ?? ""))];
  const isNumeric = classes.every((name) => Number.isFinite(numberIn(name)));
  classes.sort(isNumeric ? (a, b) => numberIn(a) - numberIn(b) : undefined);
  const y = rows.map((row) => classes.indexOf(row[target] ?? ""));
  const X = rows.map((row) => features.map((i) => numberIn(row[i])));
  const bad = X.findIndex((row) => !row.every(Number.isFinite));
  /** @type {[string, Record<string, string | number>] | undefined} */ let problem;
  if (bad >= 0) problem = ["csv_number", { row: bad + 2 }];
  else if (classes.length < 2) problem = ["csv_one_class", { column: header[target] }];
  else if (classes.length > 10) problem = ["csv_many_classes", { column: header[target], count: classes.length }];
  else if (rows.length > 2000) problem = ["csv_many_rows", { count: rows.length }];
  return { X, y, classes, problem };
}
