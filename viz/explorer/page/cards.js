// The cards of the drawing: one value each, or all that is folded into a neuron or a layer.

// name and operation above, data and gradient below; write() brings the numbers to the present step.
function makeCard(item) {
  const { node, width, height } = item;
  const isConstant = node.kind === "constant";
  const title = isConstant ? "" : fitting(node.name, width - (node.symbol ? 70 : 26), `600 12.5px ${FONT}`);
  const name = draw("text", { class: "name", x: 13, y: 17 }, title);
  const symbol = fitting(node.symbol, 56, `italic 12px ${FONT}`);
  const op = symbol && draw("text", { class: "op", x: width - 11, y: 17 }, symbol);
  const rim = { class: "inner", x: -3, y: -3, width: width + 6, height: height + 6, rx: 11 };
  const data = draw("text", { class: "data", x: isConstant ? width / 2 : 13, y: isConstant ? 17 : 36.5 });
  const grad = draw("text", { class: "grad", x: width - 9, y: 36.5 });
  const cell = draw("rect", { class: "cell", x: width / 2 + 4, y: height - 20, width: width / 2 - 8, height: 16, rx: 4 });
  const element = draw(
    "g",
    { class: `card ${node.kind}`, transform: place(item), "data-key": item.key, role: "button", tabindex: "-1" },
    draw("rect", { class: "body", width, height, rx: isConstant ? 13 : 8 }),
    isConstant ? null : cell,
    node.kind === "output" ? draw("rect", rim) : null,
    isConstant ? null : draw("path", { class: "kind", d: `M8 0H5a5 5 0 0 0-5 5V${height - 5}a5 5 0 0 0 5 5H8z` }),
    name,
    op, data, isConstant ? null : grad,
  );
  const card = { item, element, shown: "" };
  card.write = (playback) => {
    const value = playback.isComputed(node) ? node.data : null, slope = playback.grad(node);
    const shown = `${value} ${slope}`;
    if (shown === card.shown) return;
    card.shown = shown;
    data.textContent = value === null ? "·" : written(value);
    writeGrad(element, grad, slope, playback);
    element.setAttribute("aria-label", spoken(node, value, slope));
    if (slope !== null) element.setAttribute("data-grad", slope);
    else element.removeAttribute("data-grad");
  };
  return card;
}

function writeGrad(element, text, slope, playback) {
  text.textContent = slope === null ? "" : written(slope);
  element.style.setProperty("--share", slope === null ? 0 : strength(slope, playback.largest).toFixed(2));
  const found = slope === null ? "" : signOf(slope);
  for (const sign of ["positive", "negative", "odd"]) element.classList.toggle(sign, found === sign);
}

function spoken(node, value, slope) {
  const parts = [node.name.slice(0, 100), TEXT[node.kind]];
  if (node.op) parts.push(node.op);
  parts.push(value === null ? TEXT.not_yet : `${TEXT.data} ${written(value)}`);
  if (slope !== null) parts.push(`${TEXT.grad} ${written(slope)}`);
  return parts.join(", ");
}

// A folded neuron shows its activation and its δ; a layer, or a neuron that computed nothing here, how much is in it.
function makeGroupCard(item) {
  const { group, width, height, nodes } = item;
  const isLayer = group.inner.length > 0;
  const { z, a } = isLayer ? {} : neuronEnds({ members: nodes });
  const content = isLayer ? say("neurons", { count: group.inner.length }) : say("values", { count: nodes.length });
  const title = draw("text", { class: "name", x: 12, y: 20 }, fitting(groupName(group), width - 44, `600 12.5px ${FONT}`));
  const data = draw("text", { class: "data", x: 12, y: 43.5 }, content);
  const grad = draw("text", { class: "grad", x: width - 11, y: 43.5 });
  const behind = [8, 4].map((by) => draw("rect", { class: "behind", x: by, y: by, width, height, rx: 10 }));
  const element = draw(
    "g",
    {
      class: `card group${isLayer ? " layer" : ""}`, transform: place(item), "data-key": item.key, role: "button",
      tabindex: "-1", "aria-expanded": "false",
      "aria-label": `${group.path}, ${isLayer ? TEXT.layer : TEXT.neuron}, ${content}`,
    },
    ...(isLayer ? behind : []),
    draw("rect", { class: "body", width, height, rx: 10 }),
    z ? draw("rect", { class: "cell", x: width / 2 - 4, y: height - 24, width: width / 2 - 2, height: 18, rx: 5 }) : null,
    title, foldButton(item.key, "unfold", width - 22, 15), data, z ? grad : null,
  );
  const card = { item, element, shown: "", write: () => {} };
  if (!z) return card;
  card.write = (playback) => {
    const output = playback.isComputed(a) ? `a ${written(a.data)}` : "a ·", slope = playback.grad(z);
    const shown = `${output} ${slope}`;
    if (shown === card.shown) return;
    card.shown = shown;
    data.textContent = output;
    writeGrad(element, grad, slope, playback);
    if (slope !== null) grad.textContent = `δ ${written(slope)}`;
    element.setAttribute("aria-label", `${group.path}, ${TEXT.neuron}, ${output} ${grad.textContent}`);
  };
  return card;
}

// The frame around an unfolded neuron or layer, with its name and the button that folds it.
function makeFrame(box) {
  const kind = box.group.inner.length ? "layer" : "neuron";
  return draw(
    "g",
    { class: `frame ${kind}`, transform: `translate(${round(box.left)} ${round(box.top)})`, "data-group": box.key },
    draw("rect", { class: "edge", width: box.width, height: box.height, rx: 14 }),
    draw("text", { class: "title", x: 14, y: 21 }, fitting(groupName(box.group), box.width - 50, `600 12px ${FONT}`)),
    foldButton(box.key, "fold", box.width - 20, 17),
  );
}

function foldButton(path, action, x, y) {
  return draw(
    "g",
    {
      class: "folder", transform: `translate(${x} ${y})`, "data-fold": path, role: "button", tabindex: "-1",
      "aria-label": `${TEXT[action]} ${path}`,
    },
    draw("circle", { r: 9 }),
    draw("path", { d: action === "fold" ? "M-4 0H4" : "M-4 0H4M0-4V4" }),
  );
}

function place(item) {
  return `translate(${round(item.left)} ${round(item.top)})`;
}
