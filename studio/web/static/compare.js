// The comparison: networks in lock-step, one chart, differences in the same worlds, and how they spread at a month.

import { ask, telling } from "./api.js";
import { Chart } from "./chart.js";
import { Dots } from "./dots.js";
import { looks } from "./looks.js";
import { about, at, made, percent, quantile, say, signed } from "./numbers.js";
import { Playback } from "./playback.js";
import { marks, question, remember, room, write } from "./room.js";
import { legend, Scene } from "./scene.js";
import { table } from "./table.js";

const playback = new Playback(go);
const chart = new Chart(at("chart"), { height: 0.36 });
const differences = new Chart(at("differences"), { height: 0.36, write: (value) => signed(value) });
const dots = new Dots(at("dots"));
let answer = null;
let scene = null;

const picked = (name) => document.querySelector(`input[name="${name}"]:checked`).value;
const titles = () => Object.values(looks).map((look) => look.title);

async function renew() {
  at("stage").setAttribute("aria-busy", "true");
  const done = await telling(at("mistakes"), async () => {
    scene ??= new Scene(at("networks"), await ask("/api/clinics", { scenario: about.scenario }));
    answer = await ask(`/api/compared?lang=${document.documentElement.lang}`, { ...question(), equal_budget: at("equal_budget").checked });
    room.world ??= answer.world;
    tell();
  });
  if (done) at("stage").setAttribute("aria-busy", "false");
}

function tell() {
  scene.follow(answer.strategies);
  at("answer").replaceChildren(...answer.sentences.map((text) => made("li", text)));
  at("figures").replaceChildren(table(say("table.figures", { months: answer.months, worlds: answer.worlds }), [say("column.figure"), ...titles()], answer.table));
  at("pairs").replaceChildren(...answer.pairs.map(({ columns, rows }) => table(say("table.pairs"), [say("column.pair"), ...columns], rows)));
  at("pairs").hidden = !answer.pairs.length;
  draw();
  playback.ready(answer.months, room.month || answer.months);
}

function draw() {
  const [view, curve] = [picked("view"), picked("curve")];
  for (const name of ["chart", "differences", "dots"]) at(name).hidden = name !== { curves: "chart", differences: "differences", distribution: "dots" }[view];
  at("baseline_row").hidden = view !== "differences";
  const bands = Object.entries(looks).map(([name, look]) => ({ ...answer.strategies[name].bands[curve], ...look }));
  if (view === "curves") chart.tell(answer.months, bands, { marks: marks() });
  if (view === "differences") differences.tell(answer.months, versus(curve), { marks: marks(), zero: true });
  go(room.month);
}

// Each strategy minus the baseline in the same world: 5, 50 and 95 % of every month.
function versus(curve) {
  const base = at("baseline").value;
  return Object.entries(looks).filter(([name]) => name !== base).map(([name, look]) => {
    const band = { low: [], median: [], high: [] };
    for (let month = 0; month <= answer.months; month++) {
      const sorted = answer.every[name][curve].map((world, i) => (world[month] - answer.every[base][curve][i][month]) / 1000).sort((a, b) => a - b);
      band.low.push(quantile(sorted, 0.05));
      band.median.push(quantile(sorted, 0.5));
      band.high.push(quantile(sorted, 0.95));
    }
    return { ...band, ...look, title: say("minus", { strategy: look.title, other: looks[base].title }) };
  });
}

function go(month) {
  if (!answer) return;
  room.month = month;
  const now = scene.show(month);
  at("sentence").textContent = say("sentence", { month, shares: Object.entries(now).map(([name, { reach, sustained }]) => say("share", { strategy: looks[name].title, reach: percent(reach), sustained: percent(sustained) })).join("; ") });
  const [view, curve] = [picked("view"), picked("curve")];
  if (view === "curves") chart.show(month);
  if (view === "differences") differences.show(month);
  if (view === "distribution") dots.show(Object.fromEntries(Object.keys(looks).map((name) => [name, answer.every[name][curve].map((world) => world[month] / 1000)])));
  twin(view, curve, month);
  at("worlds").textContent = worlds(curve, month);
  remember();
}

// What the chart shows, in words: who is ahead in how many worlds this month.
function worlds(curve, month) {
  const names = Object.keys(looks);
  const ahead = names.map((name) => ({ name, median: quantile(answer.every[name][curve].map((world) => world[month]).sort((a, b) => a - b), 0.5) })).sort((a, b) => b.median - a.median);
  if (names.length < 2) return "";
  const [first, second] = ahead;
  const more = answer.every[first.name][curve].map((world, i) => Math.sign(world[month] - answer.every[second.name][curve][i][month]) / 2 + 0.5);
  const share = Math.round(more.reduce((a, b) => a + b, 0));
  const key = share >= 0.8 * answer.worlds ? "ahead" : "ahead_open";
  return say(key, { month, strategy: looks[first.name].title, other: looks[second.name].title, worlds: share, all: answer.worlds, curve: say(`curve.${curve}`) });
}

function twin(view, curve, month) {
  if (!at("twin").open) return;
  const years = Array.from({ length: Math.floor(answer.months / 12) + 1 }, (_, year) => 12 * year);
  const cell = (band, m, tell) => [tell(band.median[m]), `${tell(band.low[m])} – ${tell(band.high[m])}`];
  if (view === "distribution") {
    const parts = [0.05, 0.25, 0.5, 0.75, 0.95];
    const rows = Object.entries(looks).map(([name, look]) => {
      const sorted = answer.every[name][curve].map((world) => world[month] / 1000).sort((a, b) => a - b);
      return { heading: look.title, cells: parts.map((part) => percent(quantile(sorted, part))) };
    });
    at("twin_table").replaceChildren(table(say("table.distribution", { month, curve: say(`curve.${curve}`) }), [say("column.strategy"), ...parts.map((part) => percent(part))], rows));
    return;
  }
  const bands = view === "curves" ? Object.keys(looks).map((name) => ({ title: looks[name].title, ...answer.strategies[name].bands[curve] })) : versus(curve);
  const tell = view === "curves" ? percent : signed;
  const rows = years.map((m) => ({ heading: String(m), cells: bands.map((band) => cell(band, m, tell)) }));
  at("twin_table").replaceChildren(table(say(`table.${view === "curves" ? curve : "differences"}`), [say("column.month"), ...bands.map((band) => band.title)], rows));
}

for (const [name, look] of Object.entries(looks)) at("baseline").append(made("option", look.title, { value: name }));
for (const input of document.querySelectorAll('input[name="view"], input[name="curve"], #baseline')) input.addEventListener("change", () => answer && draw());
at("baseline").addEventListener("change", () => answer && draw());
at("twin").addEventListener("toggle", () => answer && go(room.month));
at("equal_budget").addEventListener("change", renew);
at("again").addEventListener("click", () => { room.world = (room.world + 1) % answer.worlds; renew(); });
legend(at("legend"));
window.spread = { state: () => structuredClone({ room, months: answer?.months, worlds: answer?.worlds, clinics: scene?.clinics.x.length, counts: scene?.counts() ?? {} }) };
write();
renew();
