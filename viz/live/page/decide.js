// From a network's outputs to a class: with classes' losses the sign or the largest score, else what 0.5 divides.

/**
 * The class of row r, and how sure that is, 0 to 1.
 * @param {number} m outputs of the network @param {string} loss @param {Float64Array} outputs @param {number} r
 */
export function decide(m, loss, outputs, r) {
  if (m === 1) {
    const margin = outputs[r] - (loss === "hinge" || loss === "binary_cross_entropy" ? 0 : 0.5);
    const gain = loss === "binary_cross_entropy" ? 0.5 : loss === "hinge" ? 1 : 2;
    return { chosen: margin > 0 ? 1 : 0, sure: Math.abs(Math.tanh(gain * margin)) };
  }
  let [best, second] = [0, -1];
  for (let k = 1; k < m; k++) {
    if (outputs[r * m + k] > outputs[r * m + best]) [best, second] = [k, best];
    else if (second < 0 || outputs[r * m + k] > outputs[r * m + second]) second = k;
  }
  return { chosen: best, sure: Math.tanh((outputs[r * m + best] - outputs[r * m + second]) / 2) };
}
