// One bar to either side of the middle, as long as a number is large.

/** @param {any} bar @param {number} x @param {number} largest */
export function setBar(bar, x, largest) {
  const share = largest > 0 && Number.isFinite(x) ? Math.min(1, Math.abs(x) / largest) : 0;
  bar.style.setProperty("--share", share < 0.004 && x !== 0 ? "0.02" : share.toFixed(3));
  bar.dataset.sign = x > 0 ? "positive" : x < 0 ? "negative" : "zero";
}
