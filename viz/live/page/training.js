// Training: steps, play and pause, and the way back from a rate that is too high.
import { written } from "../engine/numbers.js";
import { say } from "./data.js";
import { byId } from "./dom.js";

export class Training {
  isPlaying = false;
  frames = 0;
  /** The best that training has seen. @type {{loss: number, plan: import("./session.js").Plan} | null} */ best = null;

  /** @param {import("./main.js").App} app */
  constructor(app) {
    this.app = app;
  }

  /** @param {number} count @param {number[] | null} rows */
  train(count, rows = null) {
    const { app } = this;
    app.stepper.stop();
    this.#keepBest();
    app.session.steps(count, rows);
    app.session.record();
    this.#keepBest();
    app.refresh();
    if (!this.isPlaying) this.#tell();
    return app.session.results.loss;
  }

  /** For those who listen. */
  #tell() {
    const { optimizer, results } = this.app.session;
    this.app.tell(`${say("step")} ${optimizer.steps}, ${say("loss")} ${written(results.loss)}`);
  }

  #keepBest() {
    const { session } = this.app;
    const { loss } = session.results;
    if (Number.isFinite(loss) && (!this.best || loss < this.best.loss)) this.best = { loss, plan: session.snapshot() };
  }

  /** Whether the loss has left where it was by much: the rate is too high. */
  isDiverging() {
    const { app } = this;
    const { loss } = app.session.results;
    const { history } = app.session;
    const least = Math.min(...history.map(({ train }) => (Number.isFinite(train) ? train : Infinity)));
    return history.length > 1 && (!Number.isFinite(loss) || loss > 2.5 * least + 0.05);
  }

  backToBest() {
    const { app } = this;
    const before = this.best?.plan ?? app.first;
    const { rate } = app.plan;
    this.play(false);
    app.session.remember();
    app.session.restore({ ...before, rate: Number((rate / 10).toPrecision(3)) });
    app.rebuild();
  }

  /** @param {boolean} is */
  play(is) {
    const { app } = this;
    if (is === this.isPlaying) return;
    this.isPlaying = is;
    if (is) app.session.remember();
    const play = byId("play");
    play.dataset.playing = String(is);
    play.setAttribute("aria-label", say(is ? "pause" : "play"));
    play.title = say(is ? "pause" : "play");
    this.frames = 0;
    const tick = () => {
      if (!this.isPlaying) return;
      this.frames = this.frames + 1;
      const loss = this.train(app.session.stepsPerEpoch);
      if (!Number.isFinite(loss)) return this.play(false);
      requestAnimationFrame(tick);
    };
    if (is) requestAnimationFrame(tick);
    else {
      app.refresh();
      this.#tell();
    }
  }

  stepSample() {
    const { app } = this;
    app.session.remember();
    const at = app.session.train.rows.indexOf(app.sample);
    this.train(1, [at >= 0 ? at : 0]);
  }

  stepEdge() {
    const { app } = this;
    const edge = app.stepper.step();
    if (!edge) app.stepper.stop();
    app.refresh();
    return edge;
  }
}
