// Numbers in writing, four significant digits and a real minus sign; and how strongly a gradient is coloured.

/** @param {number | null | undefined} x @param {number} digits */
export function written(x, digits = 4) {
  if (x === null || x === undefined) return "";
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const exponent = Number(x.toExponential(digits - 1).split("e")[1]);
  const text =
    exponent < -4 || exponent >= digits
      ? `${Number(x.toExponential(digits - 1).split("e")[0])}e${exponent}`
      : String(Number(x.toPrecision(digits)));
  return text.replaceAll("-", "−");
}

// A factor after the first: what begins with a minus sign goes in parentheses.
/** @param {number} x */
export function factor(x) {
  const text = written(x);
  return text.startsWith("−") ? `(${text})` : text;
}

// All digits that are needed to get the same number back.
/** @param {number} x */
export function exact(x) {
  return Number.isFinite(x) ? String(x).replaceAll("-", "−") : written(x);
}

// 0 to 1, logarithmic over three decades below the largest; only 0 has no colour at all.
/** @param {number} x @param {number} largest */
export function strength(x, largest) {
  if (!Number.isFinite(x)) return 1;
  if (x === 0 || largest === 0) return 0;
  return Math.min(1, Math.max(0.1, 1 + Math.log10(Math.abs(x) / largest) / 3));
}

/** @param {number} x */
export function signOf(x) {
  return Number.isFinite(x) ? (x > 0 ? "positive" : x < 0 ? "negative" : "zero") : "odd";
}
