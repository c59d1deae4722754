// Pan, zoom and fit: one transform on the drawing, moved by mouse, wheel, fingers or keys.

const MARGIN = 24, BUTTONS = 32;  // pixels around the drawing, and at its foot

class Camera {
  constructor(svg, world, onMove) {
    Object.assign(this, { svg, world, onMove, x: 0, y: 0, zoom: 1, fingers: new Map() });
    this.measure();
    svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.#press(event));
    svg.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel"]) {
      svg.addEventListener(end, (event) => this.fingers.delete(event.pointerId));
    }
  }

  // The size of the window on the drawing. To ask for it makes the browser lay out all of the drawing: so seldom.
  measure() {
    const { width, height } = this.svg.getBoundingClientRect();
    this.size = [width || 800, height || 600];
  }

  set(x, y, zoom) {
    this.zoom = Number(Math.min(4, Math.max(0.02, zoom || 1)).toFixed(5));
    [this.x, this.y] = [Number.isFinite(x) ? x : 0, Number.isFinite(y) ? y : 0];
    this.world.setAttribute("transform", `translate(${round(this.x)} ${round(this.y)}) scale(${this.zoom})`);
    this.svg.classList.toggle("far", this.zoom < 0.5);
    this.svg.classList.toggle("farther", this.zoom < 0.26);
    this.onMove();
  }

  // The zoom at which so much can be seen whole, above the buttons.
  zoomFor(width, height) {
    const [w, h] = this.size;
    return Math.min(2, (w - 2 * MARGIN) / width, (h - 2 * MARGIN - BUTTONS) / height);
  }

  fit({ width, height }) {
    const [w, h] = this.size;
    const zoom = this.zoomFor(width, height);
    this.set((w - width * zoom) / 2, (h - BUTTONS - height * zoom) / 2, zoom);
  }

  // Zoom with one point of the screen staying where it is; the middle unless told.
  by(ratio, [x, y] = this.size.map((side) => side / 2)) {
    const zoom = Math.min(4, Math.max(0.02, this.zoom * ratio));
    const share = zoom / this.zoom;
    this.set(x - (x - this.x) * share, y - (y - this.y) * share, zoom);
  }

  // Bring a part of the drawing into sight, moving no further than necessary.
  reveal({ left, top, width, height }, margin = 32) {
    const [w, h] = this.size;
    const [x0, y0] = [left * this.zoom + this.x, top * this.zoom + this.y];
    const [x1, y1] = [x0 + width * this.zoom, y0 + height * this.zoom];
    const move = (low, high, side) => (high - low > side - 2 * margin ? side / 2 - (low + high) / 2
      : low < margin ? margin - low : high > side - margin ? side - margin - high : 0);
    const [dx, dy] = [move(x0, x1, w), move(y0, y1, h)];
    if (dx || dy) this.set(this.x + dx, this.y + dy, this.zoom);
  }

  #at(event) {
    const { left, top } = this.svg.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  #wheel(event) {
    if (window !== window.parent && !event.ctrlKey && !event.metaKey) return;  // in a notebook the wheel scrolls that
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 20 : 1;
    this.by(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0016)), this.#at(event));
  }

  #press(event) {
    this.fingers.set(event.pointerId, this.#at(event));
    this.moved = 0;
  }

  #drag(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now = this.#at(event);
    const others = [...this.fingers.entries()].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.fingers.set(event.pointerId, now);
    this.moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (this.moved > 4 && !this.svg.hasPointerCapture(event.pointerId)) this.svg.setPointerCapture(event.pointerId);
    if (!others.length) {
      this.set(this.x + now[0] - before[0], this.y + now[1] - before[1], this.zoom);
      return;
    }
    const distance = (a, b) => Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1]));
    this.by(distance(now, others[0]) / distance(before, others[0]), others[0]);
  }
}
