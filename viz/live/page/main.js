// The page as a whole: one session, everything that shows it, and what the reader does to it.
import { written } from "../engine/numbers.js";
import { showBatch } from "./batch.js";
import { drawFlow, drawLoss, watchLoss } from "./charts.js";
import { listen, translate } from "./controls.js";
import { DATA, say } from "./data.js";
import { diagnose } from "./diagnoses.js";
import { byId, write } from "./dom.js";
import { Drawing } from "./drawing.js";
import { Film } from "./film.js";
import { Findings } from "./findings.js";
import { Inspector } from "./inspector.js";
import { Address, planInAddress } from "./link.js";
import { Colours } from "./paint.js";
import { Plane } from "./plane.js";
import { PointEditor } from "./points.js";
import { beginning } from "./presets.js";
import { scrub } from "./scrub.js";
import { Session } from "./session.js";
import { Settings } from "./settings.js";
import { Stepper } from "./stepper.js";
import { Training } from "./training.js";
import { showWhy } from "./why.js";

/** @typedef {import("./session.js").LayerPlan} LayerPlan */
/** @typedef {{z: Float64Array[], a: Float64Array[], contributions: Float64Array[], slopes: Float64Array[], deltas: Float64Array[], loss: number}} Sample */

export class App {
  /** The sample in hand, forward and backward. @type {Sample} */ view = /** @type {any} */ (null);
  isRefused = false;
  address = new Address();

  constructor() {
    this.activations = DATA.activations;
    this.sample = 0; // the place of the point in hand
    this.neuron = { layer: 0, index: 0 };
    /** @type {string | null} */ this.parameter = null;
    const { plan, isRefused } = planInAddress();
    this.isRefused = isRefused;
    this.session = new Session(plan ?? beginning());
    this.first = this.session.snapshot();
    this.colours = new Colours();
    this.plane = new Plane(this);
    this.training = new Training(this);
    this.editor = new PointEditor(this);
    this.stepper = new Stepper(this);
    this.findings = new Findings();
    this.drawing = new Drawing(this);
    this.inspector = new Inspector(this);
    this.settings = new Settings(this);
    listen(this);
    watchLoss(this);
    this.film = new Film(this);
    this.rebuild();
    if (DATA.film) this.film.show(0);
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
    this.findings.show([], true);
    this.training.best = null;
    if (!this.session.history.length) this.session.record();
    this.refresh();
  }

  /** Bring everything that follows from the numbers up to date, in one frame. */
  refresh() {
    const { session } = this;
    const { network, plan } = session;
    const row = Float64Array.from(this.sampleRow);
    this.view = network.evaluate(row, [this.sampleClass], plan.loss);
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
    this.findings.show(findings);
    const { loss, heldLoss, accuracy, heldAccuracy } = session.results;
    write(byId("meter-step"), String(session.optimizer.steps));
    write(byId("meter-loss"), written(loss));
    write(byId("meter-held"), Number.isFinite(heldLoss) ? written(heldLoss) : "–");
    write(
      byId("meter-accuracy"),
      `${(100 * accuracy).toFixed(accuracy === 1 ? 0 : 1)} %${Number.isFinite(heldAccuracy) ? ` · ${(100 * heldAccuracy).toFixed(heldAccuracy === 1 ? 0 : 1)} %` : ""}`,
    );
    write(byId("for-sample"), say("for_sample", { sample: this.sample }));
    if (!this.training.isPlaying || this.training.frames % 12 === 0) this.#showDetail();
    if (!this.training.isPlaying) this.remember();
  }

  /** Draw the plane again: its size is another. */
  redrawPlane() {
    if (this.view) this.plane.draw(this.plane.run().a[this.session.network.depth], this.colours);
  }

  #showDetail() {
    showWhy(this);
    showBatch(this);
  }

  /** Keep the state in the address. */
  remember() {
    this.address.keep(() => this.session.snapshot());
  }

  // Touching.

  /** A parameter as a number to be touched. @param {string} name */
  parameterScrub(name) {
    const { session } = this;
    const place = session.network.places.get(name) ?? 0;
    return scrub({
      label: name,
      begin: () => session.remember(),
      get: () => session.network.parameters[place],
      set: (x) => this.setParameter(name, x),
      click: () => this.explain(name),
    });
  }

  /** @param {string} name @param {number} x */
  setParameter(name, x) {
    const place = this.session.network.places.get(name);
    if (place === undefined)
      throw new Error(`no parameter ${name}: there are ${this.session.network.names.slice(0, 4).join(", ")}, ...`);
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

  undo() {
    this.training.play(false);
    if (!this.session.undo()) return;
    this.rebuild();
  }

  /** Back to how the page began, or the same seed's weights after another model was made. */
  reset() {
    this.training.play(false);
    this.session.remember();
    const { layers } = this.first;
    const isSame =
      JSON.stringify([layers, this.first.init, this.first.seed]) ===
      JSON.stringify([this.plan.layers, this.plan.init, this.plan.seed]);
    if (isSame && this.first.step === 0 && this.first.parameters?.length === this.session.network.names.length) {
      this.session.network.parameters.set(this.first.parameters);
      this.session.restartTraining();
    } else this.session.initialise();
    this.rebuild();
  }

  /** Begin again from a whole state. @param {import("./session.js").Plan} plan */
  load(plan) {
    this.training.play(false);
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
