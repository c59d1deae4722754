// What is done to the points: selected, added, moved, removed.
import { say } from "./data.js";

export class PointEditor {
  /** @param {import("./main.js").App} app */
  constructor(app) {
    this.app = app;
  }

  /** @param {number} i */
  select(i) {
    const { app } = this;
    app.sample = i;
    app.stepper.stop();
    app.refresh();
    app.tell(say("sample_is", { sample: i, class: app.plan.classes[app.sampleClass] ?? "" }));
  }

  /** @param {number} i @param {number} to */
  setInput(i, to) {
    const { app } = this;
    app.sampleRow[i] = to;
    this.settle();
  }

  /** @param {number} i @param {number[]} place */
  move(i, place) {
    const { app } = this;
    app.points.X[i] = app.points.X[i].map((x, column) => place[column] ?? x);
    app.session.pointsChanged();
    app.stepper.stop();
    app.refresh();
  }

  settle() {
    const { app } = this;
    app.session.pointsChanged();
    app.stepper.stop();
    app.plane.measure();
    app.refresh();
  }

  /** @param {number[]} place @param {number} k */
  add(place, k) {
    const { app } = this;
    const { session, points } = app;
    if (points.X.length >= 2000) return;
    session.remember();
    const n = points.X[0].length;
    points.X.push(
      Array.from(
        { length: n },
        (_, i) => place[i] ?? points.X.reduce((total, row) => total + row[i], 0) / points.X.length,
      ),
    );
    points.y.push(k);
    points.held.push(false);
    const before = app.plan.classes.length;
    while (app.plan.classes.length <= k) app.plan.classes.push(String(app.plan.classes.length));
    app.sample = points.X.length - 1;
    session.pointsChanged();
    if (app.plan.classes.length !== before) {
      session.refit();
      app.rebuild();
    } else app.refresh();
  }

  /** @param {number} i */
  remove(i) {
    const { app } = this;
    const { points, session } = app;
    if (points.X.length <= 2 || session.train.y.length <= 1) return;
    session.remember();
    for (const list of [points.X, points.y, points.held]) list.splice(i, 1);
    app.sample = Math.min(app.sample, points.X.length - 1);
    this.settle();
  }
}
