// The cards of the drawing: one value each, or all that is folded into a neuron or a layer.

// name and operation above, data and gradient below; write() brings the numbers to the present step.
function makeCard(item) {
  const { node, width, height } = item;
  const isConstant = node.kind === "constant";
  const name = draw("text", { class: "name", x: 11, y: 17 }, isConstant ? "" : fitting(node.name, width - (node.symbol ? 62 : 24), `600 12.5px ${FONT}`));
  const data = draw("text", { class: "data", x: isConstant ? width / 2 : 11, y: isConstant ? 17 : 37 });
  const grad = draw("text", { class: "grad", x: width - 11, y: 37 });
  const cell = draw("path", { class: "cell", d: `M${width / 2} 24H${width}v${height - 32}a8 8 0 0 1-8 8H${width / 2}z` });
  const element = draw(
    "g",
    { class: `card ${node.kind}`, transform: place(item), "data-key": item.key, role: "button", tabindex: "-1" },
    draw("rect", { class: "body", width, height, rx: isConstant ? 13 : 8 }),
    isConstant ? null : cell,
    node.kind === "output" ? draw("rect", { class: "inner", x: -3, y: -3, width: width + 6, height: height + 6, rx: 11 }) : null,
    isConstant ? null : draw("path", { class: "kind", d: `M8 0H5a5 5 0 0 0-5 5V${height - 5}a5 5 0 0 0 5 5H8z` }),
    name,
    node.symbol ? draw("text", { class: "op", x: width - 11, y: 17 }, fitting(node.symbol, 56, `italic 12px ${FONT}`)) : null,
    data, isConstant ? null : grad,
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
  for (const sign of ["positive", "negative", "odd"]) element.classList.toggle(sign, slope !== null && signOf(slope) === sign);
}

function spoken(node, value, slope) {
  const parts = [node.name.slice(0, 100), TEXT[node.kind]];
  if (node.op) parts.push(node.op);
  parts.push(value === null ? TEXT.not_yet : `${TEXT.data} ${written(value)}`);
  if (slope !== null) parts.push(`${TEXT.grad} ${written(slope)}`);
  return parts.join(", ");
}

// A folded neuron shows its activation and its δ; a folded layer, how many neurons are in it.
function makeGroupCard(item) {
  const { group, width, height, nodes } = item;
  const ends = neuronEnds({ members: nodes });
  const isLayer = group.inner.length > 0;
  const title = draw("text", { class: "name", x: 12, y: 20 }, fitting(groupName(group), width - 44, `600 12.5px ${FONT}`));
  const data = draw("text", { class: "data", x: 12, y: 43 }), grad = draw("text", { class: "grad", x: width - 12, y: 43 });
  const behind = [8, 4].map((by) => draw("rect", { class: "behind", x: by, y: by, width, height, rx: 10 }));
  const element = draw(
    "g",
    {
      class: `card group${isLayer ? " layer" : ""}`, transform: place(item), "data-key": item.key, role: "button",
      tabindex: "-1", "aria-expanded": "false",
    },
    ...(isLayer ? behind : []),
    draw("rect", { class: "body", width, height, rx: 10 }),
    isLayer ? null : draw("path", { class: "cell", d: `M${width / 2} 28H${width}v${height - 38}a10 10 0 0 1-10 10H${width / 2}z` }),
    title, foldButton(item.key, "unfold", width - 22, 15), data, isLayer ? null : grad,
  );
  const card = { item, element, shown: "" };
  card.write = (playback) => {
    const isDone = playback.isComputed(ends.a), slope = playback.grad(ends.z);
    const shown = `${isDone} ${slope}`;
    if (shown === card.shown) return;
    card.shown = shown;
    const what = isLayer ? say("neurons", { count: group.inner.length }) : isDone ? `a ${written(ends.a.data)}` : "a ·";
    data.textContent = what;
    writeGrad(element, grad, isLayer ? null : slope, playback);
    if (!isLayer && slope !== null) grad.textContent = `δ ${written(slope)}`;
    element.setAttribute("aria-label", `${group.path}, ${isLayer ? TEXT.layer : TEXT.neuron}, ${what} ${grad.textContent}`);
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
    { class: "folder", transform: `translate(${x} ${y})`, "data-fold": path, role: "button", tabindex: "-1", "aria-label": `${TEXT[action]} ${path}` },
    draw("circle", { r: 9 }),
    draw("path", { d: action === "fold" ? "M-4 0H4" : "M-4 0H4M0-4V4" }),
  );
}

function place(item) {
  return `translate(${round(item.left)} ${round(item.top)})`;
}
