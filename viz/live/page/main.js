// The page as a whole: one session, everything that shows it, and what the reader does to it.
import { written } from "../engine/numbers.js";
import { showBatch } from "./batch.js";
import { drawFlow, drawLoss } from "./charts.js";
import { listen, translate } from "./controls.js";
import { DATA, language, say } from "./data.js";
import { diagnose } from "./diagnoses.js";
import { button, byId, make, write } from "./dom.js";
import { Drawing } from "./drawing.js";
import { Inspector } from "./inspector.js";
import { decode, encode } from "./link.js";
import { Colours } from "./paint.js";
import { Plane } from "./plane.js";
import { beginning } from "./presets.js";
import { scrub } from "./scrub.js";
import { Session } from "./session.js";
import { Settings } from "./settings.js";
import { Stepper } from "./stepper.js";
import { showWhy } from "./why.js";

/** @typedef {import("./session.js").LayerPlan} LayerPlan */
/** @typedef {{z: Float64Array[], a: Float64Array[], contributions: Float64Array[], slopes: Float64Array[], deltas: Float64Array[], loss: number}} Sample */

export class App {
  constructor() {
    this.activations = DATA.activations;
    this.sample = 0; // the place of the point in hand
    this.neuron = { layer: 0, index: 0 };
    /** @type {string | null} */ this.parameter = null;
    this.isPlaying = false;
    this.session = new Session(this.#fromAddress() ?? beginning());
    this.first = this.session.snapshot();
    this.colours = new Colours();
    this.plane = new Plane(this);
    this.stepper = new Stepper(this);
    this.drawing = new Drawing(this);
    this.inspector = new Inspector(this);
    this.settings = new Settings(this);
    listen(this);
    this.rebuild();
  }

  /** The state in the address, if there is a good one. */
  #fromAddress() {
    const found = new URLSearchParams(location.hash.slice(1)).get("state");
    if (!found) return null;
    try {
      return decode(found);
    } catch {
      this.refused = true;
      return null;
    }
  }

  get plan() {
    return this.session.plan;
  }

  get points() {
    return /** @type {import("./session.js").Points} */ (this.plan.points);
  }

  get sampleRow() {
    return this.points.X[this.sample] ?? this.points.X[0];
  }

  get sampleClass() {
    return this.points.y[this.sample] ?? 0;
  }

  // Showing.

  /** After another architecture, data set or language: everything is made anew. */
  rebuild() {
    const { network } = this.session;
    this.sample = Math.min(this.sample, this.points.X.length - 1);
    this.neuron.layer = Math.min(this.neuron.layer, network.depth - 1);
    this.neuron.index = Math.min(this.neuron.index, network.sizes[this.neuron.layer + 1] - 1);
    if (this.parameter && !network.places.has(this.parameter)) this.parameter = null;
    this.stepper.stop();
    translate(this);
    this.plane.measure();
    this.settings.rebuild();
    this.drawing.rebuild();
    this.inspector.rebuild();
    this.#showFindings([], true);
    this.best = null;
    if (!this.session.history.length) this.session.record();
    this.refresh();
  }

  /** Bring everything that follows from the numbers up to date, in one frame. */
  refresh() {
    const { session } = this;
    const { network, plan } = session;
    const row = Float64Array.from(this.sampleRow);
    /** @type {Sample} */ this.view = network.evaluate(row, [this.sampleClass], plan.loss);
    const fields = this.plane.run();
    const findings = diagnose(this);
    const byNeuron = new Map(findings.flatMap((each) => each.neurons.map((name) => [name, each])));
    this.plane.draw(fields.a[network.depth], this.colours);
    this.drawing.refresh(fields.a, this.view, byNeuron);
    this.settings.refresh();
    this.inspector.refresh();
    drawLoss(this);
    drawFlow(this);
    this.stepper.show();
    this.#showFindings(findings);
    const { loss, heldLoss, accuracy, heldAccuracy } = session.results;
    write(byId("meter-step"), String(session.optimizer.steps));
    write(byId("meter-loss"), written(loss));
    write(byId("meter-held"), Number.isFinite(heldLoss) ? written(heldLoss) : "–");
    write(byId("meter-accuracy"), `${(100 * accuracy).toFixed(accuracy === 1 ? 0 : 1)} %${Number.isFinite(heldAccuracy) ? ` · ${(100 * heldAccuracy).toFixed(heldAccuracy === 1 ? 0 : 1)} %` : ""}`);
    write(byId("for-sample"), say("for_sample", { sample: this.sample }));
    if (!this.isPlaying || (this.frames ?? 0) % 12 === 0) this.#showDetail();
    if (!this.isPlaying) this.remember();
  }

  #showDetail() {
    showWhy(this);
    showBatch(this);
  }

  /** @param {import("./diagnoses.js").Finding[]} findings */
  #showFindings(findings, isFresh = false) {
    const box = byId("findings");
    const key = JSON.stringify(findings.map(({ kind, neurons }) => [kind, neurons])) + language();
    if (!isFresh && key === this.shownFindings) return;
    this.shownFindings = key;
    box.replaceChildren(...findings.slice(0, 4).map(({ kind, neurons, remedy, act }) => make(
      "li", { "data-kind": kind },
      make("b", {}, say(kind)), neurons.length ? make("span", { class: "names" }, neurons.slice(0, 3).join(", ") + (neurons.length > 3 ? " …" : "")) : null,
      make("span", { class: "reason" }, say(`${kind}.why`)), button(say(remedy), act),
    )));
  }

  /** Keep the state in the address, a little later. */
  remember() {
    clearTimeout(this.later);
    this.later = setTimeout(() => location.protocol === "about:" || history.replaceState(null, "", this.link), 250);
  }

  get link() {
    const parts = new URLSearchParams({ state: encode(this.session.snapshot()) });
    const { theme, projector } = document.documentElement.dataset;
    if (theme) parts.set("theme", theme);
    if (projector) parts.set("projector", "1");
    if (language() !== DATA.lang) parts.set("lang", language());
    return `#${parts}`;
  }

  // Touching.

  /** A parameter as a number to be touched. @param {string} name */
  parameterScrub(name) {
    const { session } = this;
    const place = session.network.places.get(name) ?? 0;
    return scrub({
      label: name, begin: () => session.remember(), get: () => session.network.parameters[place],
      set: (x) => this.setParameter(name, x), click: () => this.explain(name),
    });
  }

  /** @param {string} name @param {number} x */
  setParameter(name, x) {
    const place = this.session.network.places.get(name);
    if (place === undefined) throw new Error(`no parameter ${name}: there are ${this.session.network.names.slice(0, 4).join(", ")}, ...`);
    if (typeof x !== "number" || !Number.isFinite(x)) throw new Error(`${name} must be a finite number, got ${x}`);
    this.session.network.parameters[place] = x;
    this.quietly(() => {});
  }

  /** A change that undo need not be told of: a number on the move. @param {() => void} act */
  quietly(act) {
    act();
    this.session.changed();
    this.stepper.stop();
    this.refresh();
  }

  /** @param {() => void} act */
  change(act) {
    this.session.remember();
    this.quietly(act);
    this.settings.rebuild();
  }

  /** @param {(layers: LayerPlan[]) => void} how */
  reshape(how) {
    this.session.remember();
    this.session.reshape(how);
    this.rebuild();
  }

  /** @param {number} l @param {string} name */
  setActivation(l, name) {
    this.reshape((layers) => (layers[l].activation = name));
  }

  useRelu() {
    this.session.remember();
    this.session.reshape((layers) => layers.slice(0, -1).forEach((layer) => (layer.activation = "relu")));
    this.plan.init = "he";
    this.session.initialise();
    this.rebuild();
  }

  /** Weights drawn at random. */
  redraw() {
    this.change(() => {
      this.plan.init = "auto";
      this.session.initialise();
    });
  }

  /** @param {Partial<import("./session.js").DataPlan>} data */
  setData(data, isNew = true) {
    if (isNew) {
      this.session.remember();
      if (data.set) data.noise = this.noiseOf(data.set);
    }
    Object.assign(this.plan.data, data);
    if (this.plan.data.set.startsWith("csv:")) this.session.resplit();
    else this.session.draw();
    this.session.refit();
    this.session.restartCurves();
    this.sample = 0;
    if (isNew) this.rebuild();
    else {
      this.plane.measure();
      this.refresh();
    }
  }

  /** @param {string} set */
  noiseOf(set) {
    return this.session.usualNoise(set);
  }

  /** @param {{X: number[][], y: number[], classes: string[]}} rows @param {string[]} features @param {string} name */
  adopt(rows, features, name) {
    this.session.remember();
    this.session.adopt(rows, features, name);
    this.sample = 0;
    const note = byId("csv-note");
    this.rebuild();
    this.settings.box.querySelector("section")?.append(note);
    this.tell(say("csv_read", { rows: rows.y.length, classes: rows.classes.length }));
  }

  // Points.

  /** @param {number} i */
  selectSample(i) {
    this.sample = i;
    this.stepper.stop();
    this.refresh();
    this.tell(say("sample_is", { sample: i, class: this.plan.classes[this.sampleClass] ?? "" }));
  }

  /** @param {number} i @param {number} to */
  setInput(i, to) {
    this.sampleRow[i] = to;
    this.pointsSettled();
  }

  /** @param {number} i @param {number[]} place */
  movePoint(i, place) {
    this.points.X[i] = this.points.X[i].map((x, column) => place[column] ?? x);
    this.session.pointsChanged();
    this.stepper.stop();
    this.refresh();
  }

  pointsSettled() {
    this.session.pointsChanged();
    this.stepper.stop();
    this.plane.measure();
    this.refresh();
  }

  /** @param {number[]} place @param {number} k */
  addPoint(place, k) {
    const { session, points } = this;
    if (points.X.length >= 2000) return;
    session.remember();
    const n = points.X[0].length;
    points.X.push(Array.from({ length: n }, (_, i) => place[i] ?? points.X.reduce((total, row) => total + row[i], 0) / points.X.length));
    points.y.push(k);
    points.held.push(false);
    const before = this.plan.classes.length;
    while (this.plan.classes.length <= k) this.plan.classes.push(String(this.plan.classes.length));
    this.sample = points.X.length - 1;
    session.pointsChanged();
    if (this.plan.classes.length !== before) {
      session.refit();
      this.rebuild();
    } else this.refresh();
  }

  /** @param {number} i */
  removePoint(i) {
    const { points, session } = this;
    if (points.X.length <= 2 || session.train.y.length <= 1) return;
    session.remember();
    for (const list of [points.X, points.y, points.held]) list.splice(i, 1);
    this.sample = Math.min(this.sample, points.X.length - 1);
    this.pointsSettled();
  }

  /** @param {number} layer @param {number} index */
  selectNeuron(layer, index) {
    this.neuron = { layer, index };
    this.parameter = null;
    this.inspector.rebuild();
    this.refresh();
  }

  /** Say where a parameter's gradient comes from. @param {string | null} name */
  explain(name) {
    this.parameter = name;
    const [layer, index] = (name?.match(/\d+/g) ?? []).map(Number);
    if (name && (layer !== this.neuron.layer || index !== this.neuron.index)) {
      this.neuron = { layer, index };
      this.inspector.rebuild();
    }
    this.refresh();
  }

  /** @param {string} name @param {boolean} is */
  freeze(name, is) {
    this.session.remember();
    const others = this.plan.frozen.filter((each) => each !== name);
    this.plan.frozen = is ? [...others, name] : others;
    this.quietly(() => {});
  }

  // Training.

  /** @param {number} count @param {number[] | null} rows */
  train(count, rows = null) {
    this.stepper.stop();
    this.session.steps(count, rows);
    this.session.record();
    const { loss } = this.session.results;
    if (Number.isFinite(loss) && (!this.best || loss < this.best.loss)) this.best = { loss, plan: this.session.snapshot() };
    this.refresh();
    return this.session.results.loss;
  }

  /** Whether the loss has left where it was by much: the rate is too high. */
  isDiverging() {
    const { loss } = this.session.results;
    const { history } = this.session;
    const least = Math.min(...history.map(({ train }) => (Number.isFinite(train) ? train : Infinity)));
    return history.length > 1 && (!Number.isFinite(loss) || loss > 2.5 * least + 0.05);
  }

  backToBest() {
    const before = this.best?.plan ?? this.first;
    const { rate } = this.plan;
    this.play(false);
    this.session.remember();
    this.session.restore({ ...before, rate: Number((rate / 10).toPrecision(3)) });
    this.rebuild();
  }

  /** @param {boolean} is */
  play(is) {
    if (is === this.isPlaying) return;
    this.isPlaying = is;
    if (is) this.session.remember();
    const play = byId("play");
    play.dataset.playing = String(is);
    play.setAttribute("aria-label", say(is ? "pause" : "play"));
    play.title = say(is ? "pause" : "play");
    this.frames = 0;
    const tick = () => {
      if (!this.isPlaying) return;
      this.frames = (this.frames ?? 0) + 1;
      const loss = this.train(this.session.stepsPerEpoch);
      if (!Number.isFinite(loss)) return this.play(false);
      requestAnimationFrame(tick);
    };
    if (is) requestAnimationFrame(tick);
    else this.refresh();
  }

  stepSample() {
    this.session.remember();
    const at = this.session.train.rows.indexOf(this.sample);
    this.train(1, [at >= 0 ? at : 0]);
  }

  stepEdge() {
    const edge = this.stepper.step();
    if (!edge) this.stepper.stop();
    this.refresh();
    return edge;
  }

  undo() {
    this.play(false);
    if (!this.session.undo()) return;
    this.rebuild();
  }

  /** Back to how the page began, or the same seed's weights after another model was made. */
  reset() {
    this.play(false);
    this.session.remember();
    const { layers } = this.first;
    const isSame = JSON.stringify([layers, this.first.init, this.first.seed]) === JSON.stringify([this.plan.layers, this.plan.init, this.plan.seed]);
    if (isSame && this.first.step === 0 && this.first.parameters?.length === this.session.network.names.length) {
      this.session.network.parameters.set(this.first.parameters);
      this.session.restartTraining();
    } else this.session.initialise();
    this.rebuild();
  }

  /** Begin again from a whole state. @param {import("./session.js").Plan} plan */
  load(plan) {
    this.play(false);
    this.session.restore(plan);
    this.first = this.session.snapshot();
    this.sample = 0;
    this.neuron = { layer: 0, index: 0 };
    this.parameter = null;
    this.rebuild();
  }

  /** @param {string} text */
  tell(text) {
    write(byId("told"), text);
  }
}
