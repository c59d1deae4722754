// A training that is over, epoch by epoch: a slider over the weights as they were.
import { DATA, say } from "./data.js";
import { byId, write } from "./dom.js";

/** Pictures a second. */
const SPEED = 12;

export class Film {
  /** @param {import("./main.js").App} app */
  constructor(app) {
    this.app = app;
    this.at = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */ this.timer = undefined;
    const { film } = DATA;
    byId("film").hidden = !film;
    if (!film) return;
    const bytes = Uint8Array.from(atob(film.parameters), (letter) => letter.charCodeAt(0));
    this.numbers = new Float32Array(bytes.buffer);
    this.size = this.numbers.length / film.epochs.length;
    this.slider = byId("film-slider");
    this.slider.max = film.epochs.length - 1;
    this.slider.addEventListener("input", () => this.#stop(Number(this.slider.value)));
    byId("film-play").addEventListener("click", () => (this.timer ? this.#stop(this.at) : this.#start()));
  }

  #start() {
    const last = (DATA.film?.epochs.length ?? 1) - 1;
    if (this.at >= last) this.at = -1;
    byId("film-play").dataset.playing = "true";
    this.timer = setInterval(() => {
      this.show(this.at + 1);
      if (this.at >= last) this.#stop(last);
    }, 1000 / SPEED);
  }

  /** @param {number} at */
  #stop(at) {
    clearInterval(this.timer);
    this.timer = undefined;
    byId("film-play").dataset.playing = "false";
    this.show(at);
  }

  /** The weights of one epoch, and the curve up to it. @param {number} at */
  show(at) {
    const { film } = DATA;
    const { app, numbers, size } = this;
    if (!film || !numbers || size !== app.session.network.parameters.length) return;
    this.at = at;
    app.training.play(false);
    app.session.network.parameters.set(numbers.subarray(at * size, (at + 1) * size));
    app.session.restartTraining();
    app.session.history = film.epochs.slice(0, at + 1).flatMap((epoch, k) => {
      const loss = film.losses[k];
      return loss === null ? [] : [{ step: epoch, train: loss, held: film.heldOut[k] ?? Number.NaN }];
    });
    app.stepper.stop();
    app.refresh();
    this.say();
  }

  say() {
    const { film } = DATA;
    if (!film) return;
    const text = say("film_at", { epoch: film.epochs[this.at], last: film.epochs[film.epochs.length - 1] });
    write(byId("film-at"), text);
    this.slider.value = String(this.at);
    this.slider.setAttribute("aria-valuetext", text);
  }
}
