// How all worlds end up in one month: a row of dots for each strategy, one dot for each world.

import { looks } from "./looks.js";
import { made, percent, quantile, say } from "./numbers.js";

const COLUMNS = 50;
const ROW = 110;

export class Dots {
  constructor(place) {
    this.canvas = made("canvas", "", { role: "img" });
    place.append(this.canvas);
    new ResizeObserver(() => this.values && this.show(this.values)).observe(place);
  }

  // values: shares by strategy, one of each world.
  show(values) {
    this.values = values;
    const scale = window.devicePixelRatio || 1;
    const width = this.canvas.parentElement.clientWidth;
    if (!width) return;
    const rows = Object.entries(values);
    this.canvas.style.width = `${width}px`;
    this.canvas.width = width * scale;
    this.canvas.height = (ROW * rows.length + 30) * scale;
    const pen = this.canvas.getContext("2d");
    pen.scale(scale, scale);
    const highest = Math.max(...rows.flatMap(([, shares]) => shares));
    const most = [0.2, 0.4, 0.6, 0.8].find((top) => highest < top) ?? 1;
    const stacks = rows.map(([, shares]) => stacked(shares, most));
    const step = (width - 40) / COLUMNS;
    const r = Math.max(1.2, Math.min(0.42 * step, (ROW - 34) / (2 * Math.max(...stacks.flatMap((stack) => [...stack.values()])))));
    rows.forEach(([name], row) => this.#row(pen, looks[name], stacks[row], row, width, r));
    this.#axis(pen, width, most, rows.length);
    const said = rows.map(([name, shares]) => {
      const sorted = [...shares].sort((a, b) => a - b);
      return say("dots", { strategy: looks[name].title, median: percent(quantile(sorted, 0.5)), low: percent(quantile(sorted, 0.05)), high: percent(quantile(sorted, 0.95)) });
    });
    this.canvas.setAttribute("aria-label", said.join("; "));
  }

  #row(pen, look, stack, row, width, r) {
    const base = ROW * (row + 1) - 6;
    const step = (width - 40) / COLUMNS;
    pen.fillStyle = look.colour;
    for (const [column, count] of stack) {
      for (let i = 0; i < count; i++) {
        pen.beginPath();
        pen.arc(20 + (column + 0.5) * step, base - r - 2 * r * i, r, 0, 2 * Math.PI);
        pen.fill();
      }
    }
    pen.fillStyle = "#1d2b38";
    pen.font = "600 15px system-ui";
    pen.fillText(look.title, 20, base - ROW + 24);
    pen.strokeStyle = "#c9d1d8";
    pen.beginPath();
    pen.moveTo(20, base + 0.5);
    pen.lineTo(width - 20, base + 0.5);
    pen.stroke();
  }

  #axis(pen, width, most, rows) {
    pen.font = "14px system-ui";
    pen.textAlign = "center";
    pen.fillStyle = "#1d2b38";
    for (let part = 0; part <= 4; part++) pen.fillText(percent((most * part) / 4), 20 + ((width - 40) * part) / 4, ROW * rows + 18);
  }
}

// How many worlds fall in each column.
function stacked(shares, most) {
  const counts = new Map();
  for (const share of shares) {
    const column = Math.min(COLUMNS - 1, Math.floor((share / most) * COLUMNS));
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  return counts;
}
