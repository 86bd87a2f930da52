// Curves with bands, revealed as time passes; the curve before the last change stays as a dashed one.

import { percent } from "./numbers.js";

export class Chart {
  constructor(place, curve, looks) {
    this.place = place;
    this.curve = curve;
    this.looks = looks;
    this.events = [];
    this.now = 0;
    new ResizeObserver(() => this.plot?.setSize(this.#size())).observe(place);
  }

  #size() {
    return { width: Math.max(260, this.place.clientWidth), height: Math.max(180, Math.min(280, this.place.clientWidth * 0.38)) };
  }

  // answer and without: what the server said now and before the last change, or null.
  tell(answer, without, events) {
    this.events = events;
    this.whole = [Array.from({ length: answer.months + 1 }, (_, month) => month)];
    const series = [{}];
    const bands = [];
    for (const [name, look] of Object.entries(this.looks)) {
      const band = answer.strategies[name].bands[this.curve];
      const at = this.whole.length;
      this.whole.push(band.low, band.high, band.median);
      const none = { show: true, stroke: "transparent", width: 0, points: { show: false } };
      series.push(none, none, { stroke: look.colour, width: 2.5, dash: look.dash, points: { show: false }, label: look.title });
      bands.push({ series: [at + 1, at], fill: `${look.colour}26` });
      if (without) {
        this.whole.push(without.strategies[name].bands[this.curve].median);
        series.push({ stroke: look.colour, width: 1.5, dash: [2, 5], points: { show: false } });
      }
    }
    this.plot?.destroy();
    const axis = { stroke: "#43515f", grid: { stroke: "#e3e8ec" }, font: "13px system-ui", ticks: { stroke: "#c9d1d8" } };
    this.plot = new uPlot(
      {
        ...this.#size(),
        scales: { x: { time: false, range: [0, answer.months] }, y: { range: [0, this.#top(answer)] } },
        series,
        bands,
        legend: { show: false },
        cursor: { show: false },
        axes: [axis, { ...axis, size: 52, values: (_, marks) => marks.map(percent) }],
        hooks: { draw: [(plot) => this.#marks(plot)] },
      },
      this.#seen(),
      this.place,
    );
  }

  #top(answer) {
    const highest = Object.values(answer.strategies).flatMap((one) => one.bands[this.curve].high);
    return Math.min(1, Math.max(0.1, 1.08 * Math.max(...highest)));
  }

  #seen() {
    return this.whole.map((values, place) => (place ? values.map((v, month) => (month <= this.now ? v : null)) : values));
  }

  show(month) {
    this.now = month;
    this.plot?.setData(this.#seen(), false);
    this.plot?.redraw(false);
  }

  #marks(plot) {
    const pen = plot.ctx;
    const { top, height } = plot.bbox;
    pen.save();
    pen.strokeStyle = "#9b1c1c";
    pen.setLineDash([4, 4]);
    for (const event of this.events) this.#line(pen, plot.valToPos(event.month, "x", true), top, height);
    pen.strokeStyle = "#1d2b38";
    pen.setLineDash([]);
    this.#line(pen, plot.valToPos(this.now, "x", true), top, height);
    pen.restore();
  }

  #line(pen, x, top, height) {
    pen.beginPath();
    pen.moveTo(x, top);
    pen.lineTo(x, top + height);
    pen.stroke();
  }
}
