// What the page carries: the state it begins with, the names of activations, and its texts in two languages.

/**
 * @type {{
 *   plan: import("./session.js").Plan, activations: string[], symbols: Record<string, [string, string]>, lang: string,
 *   film: {epochs: number[], losses: (number | null)[], heldOut: (number | null)[], parameters: string} | null,
 *   texts: Record<string, Record<string, string>>, thresholds: Record<string, number>, usual: Record<string, [number, number]>,
 * }}
 */
export const DATA = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("page-data")).textContent ?? "{}");

let lang = DATA.lang;

/** @param {string} to */
export function speak(to) {
  lang = to;
}

export const language = () => lang;

/** A text of the page, its {fields} filled in. @param {string} key @param {Record<string, string | number>} fields */
export function say(key, fields = {}) {
  return (DATA.texts[lang][key] ?? key).replace(/\{(\w+)\}/g, (all, name) => String(fields[name] ?? all));
}
