// The page's data and texts, and elements made from text only: no string is ever read as markup.

const DATA = JSON.parse(document.getElementById("graph-data").textContent);
const TEXT = DATA.texts;
const byId = (id) => document.getElementById(id);

function say(key, fields = {}) {
  return TEXT[key].replace(/\{(\w+)\}/g, (_, name) => fields[name]);
}

function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child || child === 0));
  return element;
}

// A name in a sentence: isolated, so that right-to-left text in it turns nothing around it.
function named(text, kind = "name") {
  return make("bdi", { class: kind }, text);
}

const ruler = document.createElement("canvas").getContext("2d");

// The beginning of a text that fits into so many pixels, ending in … if anything was left out.
function fitting(text, width, font) {
  if (/^[\w.]*$/.test(text) && text.length * 9 <= width) return text;  // no letter is wider, so there is nothing to measure
  ruler.font = font;
  const letters = Array.from(text);
  if (letters.length < 200 && ruler.measureText(text).width <= width) return text;
  let count = Math.min(letters.length, 200);
  while (count > 1 && ruler.measureText(`${letters.slice(0, count).join("")}…`).width > width) count--;
  return `${letters.slice(0, count).join("")}…`;
}

// Set a text if it is another one.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
