// The cards of the drawing: one value each, or all that is folded into a neuron, a layer or a part.

// Name and operation above, below them the number, and below that the gradient, or δ at a neuron's preactivation;
// write() brings the numbers to the present step.
function makeCard(item) {
  const { node, width, height } = item;
  const isConstant = node.kind === "constant";
  const title = isConstant ? "" : fitting(node.name, width - (node.symbol ? 62 : 22), `600 12.5px ${FONT}`);
  const name = draw("text", { class: "name", x: 13, y: 17 }, title);
  const symbol = fitting(node.symbol, 50, `italic 12px ${FONT}`);
  const op = symbol && draw("text", { class: "op", x: width - 9, y: 17 }, symbol);
  const rim = { class: "inner", x: -3, y: -3, width: width + 6, height: height + 6, rx: 11 };
  const data = isConstant
    ? draw("text", { class: "data", x: width / 2, y: 17 }) : draw("text", { class: "data", x: width - 9, y: 35 });
  const grad = draw("text", { class: "grad", x: width - 9, y: 53.5 });
  const what = draw("text", { class: "what", x: 13, y: 53.5 });
  const cell = draw("rect", { class: "cell", x: 9, y: height - 21, width: width - 13, height: 17, rx: 4 });
  const element = draw(
    "g",
    { class: `card ${node.kind}`, transform: place(item), "data-key": item.key, role: "button", tabindex: "-1" },
    draw("rect", { class: "body", width, height, rx: isConstant ? 13 : 8 }),
    isConstant ? null : cell,
    node.kind === "output" ? draw("rect", rim) : null,
    isConstant ? null : draw("path", { class: "kind", d: `M8 0H5a5 5 0 0 0-5 5V${height - 5}a5 5 0 0 0 5 5H8z` }),
    name,
    op, data, isConstant ? null : what, isConstant ? null : grad,
  );
  const card = { item, element, shown: "" };
  card.write = (playback) => {
    const value = playback.isComputed(node) ? dataOf(node) : null, slope = playback.grad(node);
    const shown = `${value} ${slope}`;
    if (shown === card.shown) return;
    card.shown = shown;
    data.textContent = value ?? "·";
    what.textContent = slope === null ? "" : gradientName(node, playback);
    writeGrad(element, grad, slope, playback);
    element.setAttribute("aria-label", spoken(node, value, slope));
    if (slope !== null) element.setAttribute("data-grad", slope);
    else element.removeAttribute("data-grad");
  };
  return card;
}

// "grad", or "δ" for the error of a neuron; with a Σ where rows are summed.
function gradientName(node, playback) {
  const name = node.part === "z" ? "δ" : TEXT.grad;
  return playback.graph.row === null && (node.part === "z" || node.kind === "parameter") ? `Σ ${name}` : name;
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
  parts.push(value === null ? TEXT.not_yet : `${TEXT.data} ${value}`);
  if (slope !== null) parts.push(`${TEXT.grad} ${written(slope)}`);
  return parts.join(", ");
}

// A folded neuron shows its activation and its δ; a layer the δ of its neurons as stripes; a part how much is in it.
function makeGroupCard(item) {
  const { group, width, height, nodes } = item;
  const isLayer = group.kind === "layer";
  const [use, another] = group.kind === "neuron" ? usesOf(nodes) : [];
  const content = isLayer ? say("neurons", { count: group.inner.length })
    : say("values", { count: nodes.length.toLocaleString("en") });
  const title = draw("text", { class: "name", x: 11, y: 20 }, fitting(groupName(group), width - 42, `600 12.5px ${FONT}`));
  const data = draw("text", { class: "data", x: 11, y: 40 }, content);
  const figures = use && !another ? foldedNeuron(use, width, height, data) : isLayer ? stripes(group, width) : null;
  const behind = [6, 3].map((by) => draw("rect", { class: "behind", x: by, y: by, width, height, rx: 10 }));
  const element = draw(
    "g",
    {
      class: `card group ${group.kind}`, transform: place(item), "data-key": item.key, role: "button",
      tabindex: "-1", "aria-expanded": "false",
      "aria-label": `${group.path}, ${TEXT[group.kind === "part" ? "interior" : group.kind]}, ${content}`,
    },
    ...(group.kind === "neuron" ? [] : behind),
    draw("rect", { class: "body", width, height, rx: 10 }),
    title, foldButton(item.key, "unfold", width - 20, 15), data, ...(figures?.parts ?? []),
  );
  return { item, element, write: (playback) => figures?.write(playback, element) };
}

function foldedNeuron({ z, a }, width, height, data) {
  const cell = draw("rect", { class: "cell", x: 6, y: height - 23, width: width - 12, height: 18, rx: 5 });
  const what = draw("text", { class: "what", x: 11, y: height - 9.5 });
  const grad = draw("text", { class: "grad", x: width - 11, y: height - 9.5 });
  let before = "";
  const write = (playback, element) => {
    const output = playback.isComputed(a) ? `a ${dataOf(a)}` : "a ·", slope = playback.grad(z);
    const shown = `${output} ${slope}`;
    if (shown === before) return;
    before = shown;
    data.textContent = output;
    what.textContent = slope === null ? "" : gradientName(z, playback);
    writeGrad(element, grad, slope, playback);
    element.setAttribute("aria-label", `${z.group}, ${TEXT.neuron}, ${output} ${what.textContent} ${grad.textContent}`);
  };
  return { parts: [cell, what, grad], write };
}

// One stripe a neuron, coloured by its δ.
function stripes(layer, width) {
  const uses = layer.inner.map((group) => usesOf(allIn(group)));
  const room = (width - 22) / uses.length;
  const bars = uses.map((_, i) => draw("rect", {
    class: "stripe", x: 11 + i * room, y: 52, width: Math.max(0.5, room - Math.min(3, room / 4)), height: 18, rx: 2,
  }));
  const write = (playback) => bars.forEach((bar, i) => {
    const slope = uses[i].length ? uses[i].reduce((sum, { z }) => sum + (playback.grad(z) ?? NaN), 0) : 0;
    const isKnown = playback.isBackward && uses[i].length > 0;
    bar.style.setProperty("--share", isKnown ? strength(slope, playback.largest).toFixed(2) : 0);
    bar.setAttribute("class", `stripe ${isKnown ? signOf(slope) : ""}`);
  });
  return { parts: bars, write };
}

// The frame around an unfolded neuron, layer or part, with its name and the button that folds it.
function makeFrame(box) {
  return draw(
    "g",
    {
      class: `frame ${box.group.kind}`, transform: `translate(${round(box.left)} ${round(box.top)})`,
      "data-group": box.key,
    },
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
