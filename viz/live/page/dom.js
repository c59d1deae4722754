// Elements made from text only: no string is ever read as markup.

/** @typedef {Record<string, any>} Attributes */

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/** @param {string} tag @param {Attributes} attributes @param {...(Node | string | number | null | false | undefined)} children @returns {any} */
export function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** @param {string} tag @param {Attributes} attributes @param {...(Node | string | number | null | false | undefined)} children @returns {any} */
export function drawn(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** @param {any} element @param {Attributes} attributes @param {any[]} children */
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
      element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child || child === 0));
  return element;
}

/** Set a text if it is another one: what stays the same is not laid out again. @param {Element} element @param {string} text */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A button with a word on it. @param {string} text @param {() => void} action @param {Attributes} attributes */
export function button(text, action, attributes = {}) {
  return make("button", { type: "button", class: "plain", onclick: action, ...attributes }, text);
}

/** Make an element's content like fresh nodes, changing only what differs: the rest is not laid out again. @param {Element} element @param {...(Node | null)} fresh */
export function renew(element, ...fresh) {
  const wanted = /** @type {Node[]} */ (fresh.filter(Boolean));
  const there = [...element.childNodes];
  if (there.length !== wanted.length) return element.replaceChildren(...wanted);
  wanted.forEach((node, i) => alike(there[i], node));
}

/** @param {Node} old @param {Node} fresh */
function alike(old, fresh) {
  if (old.nodeName !== fresh.nodeName) return old.parentNode?.replaceChild(fresh, old);
  if (!(old instanceof Element) || !(fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of [...fresh.attributes])
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  renew(old, ...fresh.childNodes);
}
