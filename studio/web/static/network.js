// The clinics on a canvas: ties and regions are drawn once, clinics anew when they change.

export const STATES = ["none", "under_way", "nominal", "using", "sustained", "abandoned"];
const [NONE, UNDER_WAY, NOMINAL, USING, SUSTAINED, ABANDONED] = STATES.keys();
const CHAMPION = 8;
const PULSE_MONTHS = 3;

export class Network {
  constructor(canvas, colour, clinics) {
    this.canvas = canvas;
    this.colour = colour;
    this.clinics = clinics;
    this.state = new Uint8Array(clinics.x.length);
    this.champion = new Uint8Array(clinics.x.length);
    this.since = new Int16Array(clinics.x.length).fill(-99);
    this.month = -1;
    this.resize();
    new ResizeObserver(() => this.resize()).observe(canvas);
  }

  // All changes of one world, a list for each month: clinic, state, clinic, state …
  follow(changes) {
    this.changes = changes;
    const month = this.month;
    this.month = -1;
    if (month >= 0) this.show(month);
  }

  show(month) {
    if (month < this.month) {
      this.state.fill(NONE);
      this.champion.fill(0);
      this.since.fill(-99);
      this.month = -1;
    }
    for (let m = this.month + 1; m <= month; m++) {
      const told = this.changes[m];
      for (let i = 0; i < told.length; i += 2) {
        const wasUsing = this.state[told[i]] >= NOMINAL && this.state[told[i]] <= SUSTAINED;
        const now = told[i + 1] & 7;
        this.state[told[i]] = now;
        this.champion[told[i]] = told[i + 1] & CHAMPION;
        if (m > 0 && !wasUsing && now >= NOMINAL && now <= SUSTAINED) this.since[told[i]] = m;
      }
    }
    this.month = month;
    this.draw();
  }

  counts() {
    const found = new Array(STATES.length).fill(0);
    for (const state of this.state) found[state]++;
    return Object.fromEntries(STATES.map((name, place) => [name, found[place]]));
  }

  // How many regions have at least one user.
  present() {
    return this.byRegion().users.filter((users) => users > 0).length;
  }

  byRegion() {
    const users = this.clinics.regions.map(() => 0);
    const all = this.clinics.regions.map(() => 0);
    for (const [clinic, region] of this.clinics.region.entries()) {
      all[region]++;
      if (this.state[clinic] >= NOMINAL && this.state[clinic] <= SUSTAINED) users[region]++;
    }
    return { users, all };
  }

  nearest(x, y) {
    let best = -1;
    let least = 0.03 ** 2;
    for (let i = 0; i < this.state.length; i++) {
      const away = (this.clinics.x[i] - x) ** 2 + (this.clinics.y[i] - y) ** 2;
      if (away < least) [best, least] = [i, away];
    }
    return best;
  }

  resize() {
    const scale = window.devicePixelRatio || 1;
    const side = Math.max(120, this.canvas.clientWidth);
    this.side = Math.round(side * scale);
    this.canvas.width = this.canvas.height = this.side;
    this.dot = Math.max(1.4 * scale, Math.min(6 * scale, 0.3 * this.#apart() * this.side));
    this.ties = this.#tied(scale);
    this.names = this.#named(scale);
    if (this.month >= 0) this.draw();
  }

  // How far a clinic is from its nearest neighbour, in the middle; a share of the picture.
  #apart() {
    if (this.between) return this.between;
    const { x, y } = this.clinics;
    const some = Array.from({ length: Math.min(60, x.length) }, (_, i) => Math.floor((i * x.length) / Math.min(60, x.length)));
    const nearest = some.map((i) => Math.sqrt(Math.min(...x.map((_, j) => (i === j ? 1 : (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2)))));
    return (this.between = nearest.sort((a, b) => a - b)[some.length >> 1]);
  }

  #tied(scale) {
    const layer = new OffscreenCanvas(this.side, this.side);
    const pen = layer.getContext("2d");
    const { x, y, ties } = this.clinics;
    pen.strokeStyle = `rgba(90,110,130,${this.state.length > 600 ? 0.09 : 0.2})`;
    pen.lineWidth = 0.6 * scale;
    pen.beginPath();
    for (let i = 0; i < ties.length; i += 2) {
      pen.moveTo(x[ties[i]] * this.side, y[ties[i]] * this.side);
      pen.lineTo(x[ties[i + 1]] * this.side, y[ties[i + 1]] * this.side);
    }
    pen.stroke();
    return layer;
  }

  #named(scale) {
    const layer = new OffscreenCanvas(this.side, this.side);
    this.#name(layer.getContext("2d"), this.clinics.labels, Math.max(10, this.side / scale / 36) * scale);
    return layer;
  }

  // Names of the regions, the largest first; one that would cover another is left out.
  #name(pen, labels, size) {
    pen.textAlign = "center";
    pen.font = `600 ${size}px system-ui, sans-serif`;
    pen.lineJoin = "round";
    const taken = [];
    for (const label of [...labels].sort((a, b) => b.clinics - a.clinics)) {
      const half = pen.measureText(label.name).width / 2;
      const x = Math.min(Math.max(label.x * this.side, half + 2), this.side - half - 2);
      const y = Math.max(size, label.y * this.side - 1.5 * this.dot);
      const box = [x - half, y - size, x + half, y + 0.3 * size];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box);
      pen.strokeStyle = "rgba(255,255,255,.85)";
      pen.lineWidth = 0.3 * size;
      pen.strokeText(label.name, x, y);
      pen.fillStyle = "#26333f";
      pen.fillText(label.name, x, y);
    }
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    const { x, y } = this.clinics;
    pen.clearRect(0, 0, this.side, this.side);
    pen.drawImage(this.ties, 0, 0);
    const batches = STATES.map(() => []);
    for (let i = 0; i < this.state.length; i++) batches[this.state[i]].push(i);
    for (const [state, clinics] of batches.entries()) {
      pen.beginPath();
      for (const i of clinics) this.#outline(pen, state, x[i] * this.side, y[i] * this.side);
      this.#ink(pen, state);
    }
    pen.beginPath();
    for (let i = 0; i < this.champion.length; i++) {
      if (!this.champion[i]) continue;
      pen.moveTo(x[i] * this.side + 1.75 * this.dot, y[i] * this.side);
      pen.arc(x[i] * this.side, y[i] * this.side, 1.75 * this.dot, 0, 2 * Math.PI);
    }
    pen.strokeStyle = "#c79a2b";
    pen.lineWidth = this.dot * 0.22;
    pen.stroke();
    pen.beginPath();
    for (let i = 0; i < this.since.length; i++) {
      const age = this.month - this.since[i];
      if (age < 0 || age >= PULSE_MONTHS) continue;
      const radius = this.dot * (2.6 - 0.4 * age);
      pen.moveTo(x[i] * this.side + radius, y[i] * this.side);
      pen.arc(x[i] * this.side, y[i] * this.side, radius, 0, 2 * Math.PI);
    }
    pen.strokeStyle = this.colour;
    pen.lineWidth = this.dot * 0.35;
    pen.stroke();
    pen.drawImage(this.names, 0, 0);
  }

  // Shape says as much as colour: ring, half, dot, square, cross.
  #outline(pen, state, x, y) {
    const r = this.dot;
    if (state === ABANDONED) {
      pen.moveTo(x - r, y - r);
      pen.lineTo(x + r, y + r);
      pen.moveTo(x + r, y - r);
      pen.lineTo(x - r, y + r);
    } else if (state === SUSTAINED) {
      pen.rect(x - 1.25 * r, y - 1.25 * r, 2.5 * r, 2.5 * r);
    } else if (state === NOMINAL) {
      pen.moveTo(x, y);
      pen.arc(x, y, 1.2 * r, -Math.PI / 2, Math.PI / 2);
      pen.closePath();
      pen.moveTo(x + 1.2 * r, y);
      pen.arc(x, y, 1.2 * r, 0, 2 * Math.PI);
    } else {
      const radius = state === NONE ? 0.75 * r : 1.15 * r;
      pen.moveTo(x + radius, y);
      pen.arc(x, y, radius, 0, 2 * Math.PI);
    }
  }

  #ink(pen, state) {
    pen.lineWidth = this.dot * (state === ABANDONED ? 0.5 : 0.35);
    pen.strokeStyle = state === NONE ? "#8794a1" : state === ABANDONED ? "#4a4a4a" : this.colour;
    pen.fillStyle = state === USING || state === SUSTAINED ? this.colour : "#fff";
    if (state === NOMINAL) {
      pen.fillStyle = this.colour;
      pen.fill("evenodd");
    } else if (state !== ABANDONED) pen.fill();
    pen.stroke();
  }
}
