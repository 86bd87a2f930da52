// Curves with bands, revealed as time passes; the curve before the last change stays as a dashed one.

import { made, percent } from "./numbers.js";

const INK = "#1d2b38";

export class Chart {
  // place: an element; options: height as a share of the width, write for marks on the axis, least and most of the axis.
  constructor(place, options = {}) {
    this.place = place;
    this.options = { height: 0.4, write: percent, ...options };
    this.keys = made("ul", "", { class: "keys" });
    this.now = 0;
    new ResizeObserver(() => this.plot?.setSize(this.#size())).observe(place);
  }

  #size() {
    const width = Math.max(240, this.place.clientWidth);
    return { width, height: Math.max(170, Math.min(330, width * this.options.height)) };
  }

  // bands: {low, median, high, colour, dash, before?} of each line; before is a dashed curve. marks: months with a line.
  // points: {months, values, colour}: what was guessed.
  tell(months, bands, { marks = [], points = null, reveal = true, zero = false } = {}) {
    Object.assign(this, { months, marks, points, reveal });
    this.whole = [Array.from({ length: months + 1 }, (_, month) => month)];
    const series = [{}];
    const fills = [];
    for (const { low, median, high, colour, dash, before } of bands) {
      const first = this.whole.length;
      const none = { stroke: "transparent", width: 0, points: { show: false } };
      this.whole.push(low, high, median);
      series.push(none, none, { stroke: colour, width: 3, dash, points: { show: false } });
      fills.push({ series: [first + 1, first], fill: `${colour}26` });
      if (before) {
        this.whole.push(before);
        series.push({ stroke: colour, width: 1.6, dash: [2, 5], points: { show: false } });
      }
    }
    this.keys.replaceChildren(...bands.map(key));
    this.plot?.destroy();
    const axis = { stroke: INK, grid: { stroke: "#e3e8ec" }, font: "14px system-ui", ticks: { stroke: "#c9d1d8" } };
    const [least, most] = this.#range(bands, zero);
    this.plot = new uPlot(
      {
        ...this.#size(),
        scales: { x: { time: false, range: [0, months] }, y: { range: [least, most] } },
        series,
        bands: fills,
        legend: { show: false },
        cursor: { show: false },
        axes: [{ ...axis, incrs: [3, 6, 12, 24, 60, 120] }, { ...axis, size: 58, values: (_, marks) => marks.map(this.options.write) }],
        hooks: { draw: [(plot) => this.#over(plot, zero)] },
      },
      this.#seen(),
      this.place,
    );
    this.place.append(this.keys);
  }

  #range(bands, zero) {
    const highest = Math.max(0.1, ...bands.flatMap((one) => [...one.high, ...(one.before ?? [])]), ...(this.points?.values ?? []));
    const lowest = zero ? Math.min(-0.05, ...bands.flatMap((one) => one.low)) : 0;
    return [zero ? 1.08 * lowest : 0, zero ? 1.08 * highest : Math.min(1, 1.08 * highest)];
  }

  #seen() {
    const last = this.reveal ? this.now : this.months;
    return this.whole.map((values, place) => (place ? values.map((v, month) => (month <= last ? v : null)) : values));
  }

  show(month) {
    this.now = month;
    this.plot?.setData(this.#seen(), false);
    this.plot?.redraw(false);
  }

  #over(plot, zero) {
    const pen = plot.ctx;
    const { top, height, left, width } = plot.bbox;
    const scale = window.devicePixelRatio || 1;
    pen.save();
    pen.lineWidth = 1.5 * scale;
    pen.strokeStyle = "#9b1c1c";
    pen.setLineDash([5 * scale, 4 * scale]);
    for (const month of this.marks) line(pen, plot.valToPos(month, "x", true), top, height);
    pen.strokeStyle = INK;
    pen.setLineDash([]);
    line(pen, plot.valToPos(this.now, "x", true), top, height);
    if (zero) {
      pen.beginPath();
      pen.moveTo(left, plot.valToPos(0, "y", true));
      pen.lineTo(left + width, plot.valToPos(0, "y", true));
      pen.stroke();
    }
    if (this.points) this.#guessed(plot, pen, scale);
    pen.restore();
  }

  // The room's guess: diamonds on a dotted line, there from the beginning.
  #guessed(plot, pen, scale) {
    const spots = this.points.months.map((month, i) => [plot.valToPos(month, "x", true), plot.valToPos(this.points.values[i], "y", true)]);
    pen.strokeStyle = pen.fillStyle = this.points.colour;
    pen.setLineDash([2 * scale, 3 * scale]);
    pen.lineWidth = 2 * scale;
    pen.beginPath();
    spots.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
    const r = 6 * scale;
    for (const [x, y] of spots) {
      pen.beginPath();
      pen.moveTo(x, y - r);
      pen.lineTo(x + r, y);
      pen.lineTo(x, y + r);
      pen.lineTo(x - r, y);
      pen.fill();
    }
  }
}

// A strategy's name beside its line.
function key({ title, colour, dash }) {
  const sample = made("canvas", "", { "aria-hidden": "true", width: 44, height: 8 });
  const pen = sample.getContext("2d");
  Object.assign(pen, { strokeStyle: colour, lineWidth: 4 });
  pen.setLineDash(dash.map((part) => 1.3 * part));
  pen.moveTo(0, 4);
  pen.lineTo(44, 4);
  pen.stroke();
  return made("li", "", {}, sample, made("span", title));
}

function line(pen, x, top, height) {
  pen.beginPath();
  pen.moveTo(x, top);
  pen.lineTo(x, top + height);
  pen.stroke();
}
