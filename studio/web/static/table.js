// Tables: the same as a picture, for those who read.

import { made } from "./numbers.js";

// head: texts; rows: each a heading and its cells; a cell is a text, or [middle, range, verdict, open].
export function table(caption, head, rows) {
  const whole = made("table", "", {}, made("caption", caption));
  const top = whole.createTHead().insertRow();
  for (const text of head) top.append(made("th", text, { scope: "col" }));
  const body = whole.createTBody();
  for (const { heading, cells, part } of rows) {
    const row = body.insertRow();
    if (part) row.className = "part";
    row.append(made("th", heading, { scope: "row" }));
    for (const cell of cells) fill(row.insertCell(), cell);
  }
  return whole;
}

function fill(place, cell) {
  const [middle, range, verdict, open] = Array.isArray(cell) ? cell : [cell];
  place.append(made("span", middle, { class: "middle" }));
  if (range) place.append(" ", made("span", range, { class: "range" }));
  if (verdict) place.append(made("span", verdict, { class: open ? "verdict open" : "verdict" }));
}
