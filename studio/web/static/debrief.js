// The debrief: what the room did, two bookmarks side by side, and what it takes home as files.

import { ask, fetchFile, save, telling } from "./api.js";
import { Chart } from "./chart.js";
import { looks } from "./looks.js";
import { about, at, made, say } from "./numbers.js";
import { deeds, marks, question, room, told, write } from "./room.js";
import { Scene } from "./scene.js";
import { table } from "./table.js";

const language = document.documentElement.lang;
let answer = null;
let scene = null;
const chart = new Chart(at("reach"), { height: 0.36 });
const NOW = "now";

async function begin() {
  at("stage").setAttribute("aria-busy", "true");
  timeline();
  const done = await telling(at("mistakes"), async () => {
    scene = new Scene(at("networks"), await ask("/api/clinics", { scenario: about.scenario }));
    answer = await ask(`/api/runs?lang=${language}`, question());
    scene.follow(answer.strategies);
    scene.show(answer.months);
    chart.tell(answer.months, bands(answer), { marks: marks(), reveal: false });
    chart.show(answer.months);
    const head = [say("column.figure"), ...Object.values(looks).map((look) => look.title)];
    at("figures").replaceChildren(table(say("table.figures", { months: answer.months, worlds: answer.worlds }), head, answer.table));
    await beside();
  });
  if (done) at("stage").setAttribute("aria-busy", "false");
}

const bands = (found) => Object.entries(looks).map(([name, look]) => ({ ...found.strategies[name].bands.reach, ...look }));

// --- what was done, and from where it can be played again ---

function timeline() {
  const stops = [...room.done].sort((a, b) => a.month - b.month);
  const own = about.events.filter((one) => one.month !== null).map((one) => ({ month: one.month, text: say("happened", { month: one.month, event: one.text }) }));
  const all = [{ month: 0, text: say("begins") }, ...own, ...stops.map((one) => ({ month: one.month, text: told(one) }))].sort((a, b) => a.month - b.month);
  at("timeline").replaceChildren(...all.map(({ month, text }) => made("li", "", {}, made("span", text), " ", replay(month))));
  const set = deeds({ ...room, done: [] });
  at("assumptions").replaceChildren(...(set.length ? set : [say("as_it_was")]).map((text) => made("li", text)));
}

function replay(month) {
  const link = made("a", say("replay", { month }), { href: `/stage?scenario=${encodeURIComponent(about.scenario)}` });
  link.hash = `#${encodeURIComponent(JSON.stringify({ ...room, month }))}`;
  return link;
}

// --- two bookmarks side by side ---

const kept = () => Object.fromEntries([...room.marks.map((mark, i) => [String(i), mark]), [NOW, room]]);

async function beside() {
  for (const side of ["left", "right"]) await one(side, kept()[at(side).value]);
}

async function one(side, mark) {
  const found = await ask(`/api/runs?lang=${language}`, question(mark), side);
  at(`${side}_deeds`).textContent = deeds(mark).join("; ") || say("as_it_was");
  const place = at(`${side}_chart`);
  place.replaceChildren();
  const drawn = new Chart(place, { height: 0.5 });
  drawn.tell(found.months, bands(found), { marks: mark.done.map((deed) => deed.month), reveal: false });
  drawn.show(found.months);
  const head = [say("column.figure"), ...Object.values(looks).map((look) => look.title)];
  at(`${side}_table`).replaceChildren(table(say("table.figures", { months: found.months, worlds: found.worlds }), head, found.table));
}

function choices() {
  for (const [side, first] of [["left", 0], ["right", room.marks.length]]) {
    for (const key of Object.keys(kept())) at(side).append(made("option", key === NOW ? say("as_now") : say("mark_number", { number: Number(key) + 1 }), { value: key }));
    at(side).selectedIndex = Math.min(first, room.marks.length);
    at(side).addEventListener("change", () => telling(at("mistakes"), () => one(side, kept()[at(side).value])));
  }
}

// --- files ---

// The networks at the end, their numbers and the curve as one picture.
function picture() {
  const figures = Object.values(scene.figures);
  const [wide, side] = [1600, Math.min(640, 1600 / figures.length)];
  const curve = at("reach").querySelector("canvas");
  const low = (curve.height * (wide - 80)) / curve.width;
  const canvas = made("canvas");
  Object.assign(canvas, { width: wide, height: 200 + side + low });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  write_text(pen, about.title, 40, 56, 34);
  figures.forEach(({ canvas: network, big, small }, i) => {
    const x = (wide / figures.length) * i + 40;
    pen.fillStyle = Object.values(looks)[i].colour;
    pen.fillRect(x - 16, 78, 7, 80);
    write_text(pen, Object.values(looks)[i].title, x, 100, 22);
    write_text(pen, `${big.textContent}`, x, 130, 20);
    write_text(pen, small.textContent, x, 154, 13, wide / figures.length - 60);
    pen.drawImage(network, x, 160, side - 60, side - 60);
  });
  write_text(pen, at("reach_caption").textContent, 40, 160 + side, 20);
  pen.drawImage(curve, 40, 176 + side, wide - 80, low);
  return canvas;
}

function write_text(pen, text, x, y, size, most = undefined) {
  pen.fillStyle = "#1d2b38";
  pen.font = `600 ${size}px system-ui`;
  pen.fillText(text, x, y, most);
}

const file = (end) => `${about.scenario}.${end}`;
const send = (button, doing) => at(button).addEventListener("click", async () => {
  at(button).disabled = true;
  await telling(at("mistakes"), doing);
  at(button).disabled = false;
});
send("png", () => new Promise((resolve) => picture().toBlob((blob) => { save(blob, file("png")); resolve(); })));
send("csv", () => fetchFile(`/api/curves.csv?lang=${language}`, question(), file("csv")));
send("yaml", () => fetchFile("/api/scenario.yaml", question(), file("yaml")));
send("pdf", () => fetchFile(`/api/handout.pdf?lang=${language}`, { ...question(), done: deeds() }, file("pdf")));
at("print").addEventListener("click", () => window.print());

window.spread = { state: () => structuredClone({ room, months: answer?.months }) };
choices();
write();
begin();
