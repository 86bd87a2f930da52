// The stage: ask once, then play, step, scrub and rewind here in the browser.

import { ask, telling } from "./api.js";
import { Chart } from "./chart.js";
import { Drawer } from "./drawer.js";
import { guessed, guessing } from "./guess.js";
import { looks } from "./looks.js";
import { latest, moments } from "./moments.js";
import { about, at, figure, made, percent, say } from "./numbers.js";
import { Playback } from "./playback.js";
import { changed, dose, marks, question, remember, room, told, write } from "./room.js";
import { legend, Scene } from "./scene.js";
import { table } from "./table.js";

const charts = { reach: new Chart(at("reach")), sustained: new Chart(at("sustained")) };
const playback = new Playback(go);
let answer = null;
let without = null;
let scene = null;
let drawer = null;
let found = new Map();

async function renew({ keep = false } = {}) {
  at("stage").setAttribute("aria-busy", "true");
  const done = await telling(at("mistakes"), async () => {
    if (!scene) {
      const clinics = await ask("/api/clinics", { scenario: about.scenario });
      drawer = new Drawer(clinics);
      scene = new Scene(at("networks"), clinics, (strategy, clinic) => drawer.open(strategy, clinic));
    }
    const before = answer;
    answer = await ask(`/api/runs?lang=${document.documentElement.lang}`, question());
    without = keep ? before : changed() ? without : null;
    room.world ??= answer.world;
    tell();
  });
  if (done) at("stage").setAttribute("aria-busy", "false");
}

function tell() {
  scene.follow(answer.strategies);
  const own = about.events.filter((one) => one.month !== null).map(({ month, text }) => ({ month, text: say("happened", { month, event: text }) }));
  found = moments(answer.strategies, scene.clinics, [...own, ...room.done.map((one) => ({ month: one.month, text: told(one) }))]);
  at("world").textContent = say("world", { world: answer.world + 1, worlds: answer.worlds, seed: answer.seed });
  at("happened").replaceChildren(...room.done.map((one) => made("li", told(one))));
  at("undo").disabled = !room.done.length;
  draw();
  guessing(answer);
  playback.ready(answer.months, room.month);
}

function draw() {
  scene.only(room.hidden);
  for (const [curve, chart] of Object.entries(charts)) {
    const shown = Object.entries(looks).filter(([name]) => !room.hidden.includes(name));
    const bands = shown.map(([name, look]) => ({ ...answer.strategies[name].bands[curve], ...look, before: without?.strategies[name].bands[curve].median }));
    chart.tell(answer.months, bands, { marks: marks(), points: curve === "reach" ? guessed() : null });
  }
  tables();
}

function go(month) {
  if (!answer) return;
  room.month = month;
  const now = scene.show(month);
  const said = Object.entries(now).filter(([name]) => !room.hidden.includes(name));
  const shares = said.map(([name, { reach, sustained }]) => say("share", { strategy: looks[name].title, reach: percent(reach), sustained: percent(sustained) }));
  at("news").textContent = latest(found, month);
  at("sentence").textContent = say("sentence", { month, shares: shares.join("; ") });
  for (const chart of Object.values(charts)) chart.show(month);
  if (at("twins").open) regions();
  at("guess_result").textContent = month === answer.months ? guessing(answer) : "";
  for (const button of document.querySelectorAll(".from_now")) button.textContent = say("from_now", { month: Math.max(1, month) });
  remember();
}

// --- the same in tables ---

function tables() {
  const titles = Object.values(looks).map((look) => look.title);
  at("table_figures").replaceChildren(table(say("table.figures", { months: answer.months, worlds: answer.worlds }), [say("column.figure"), ...titles], answer.table));
  const years = Array.from({ length: Math.floor(answer.months / 12) + 1 }, (_, year) => 12 * year);
  const cell = (band, month) => [percent(band.median[month]), `${percent(band.low[month])}–${percent(band.high[month])}`];
  for (const curve of ["reach", "sustained"]) {
    const rows = years.map((month) => ({ heading: String(month), cells: Object.keys(looks).map((name) => cell(answer.strategies[name].bands[curve], month)) }));
    at(`table_${curve}`).replaceChildren(table(say(`table.${curve}`), [say("column.month"), ...titles], rows));
  }
  regions();
}

function regions() {
  const titles = Object.values(looks).map((look) => look.title);
  at("table_regions").replaceChildren(table(say("table.regions", { month: room.month }), [say("column.region"), ...titles], scene.regions()));
}

// --- what may be changed ---

function did(one) {
  if (!answer) return;
  playback.pause();
  room.done.push({ month: Math.max(1, Math.min(room.month, answer.months - 1)), ...one });
  renew({ keep: true });
}

function slide(one) {
  const input = made("input", "", { type: "range", id: `p-${one.name}`, name: one.name, min: one.low, max: one.high, step: "any" });
  input.value = room.parameters[one.name] ?? one.value;
  const shown = made("output", "", { for: input.id });
  const say_it = () => { shown.textContent = `${figure(Number(input.value))}`; };
  say_it();
  let resting = 0;
  input.addEventListener("input", () => {
    say_it();
    room.parameters[one.name] = Number(input.value);
    clearTimeout(resting);
    resting = setTimeout(() => renew({ keep: true }), 80);
  });
  input.addEventListener("keydown", (press) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[press.key];
    if (!by) return;
    press.preventDefault();
    input.value = Number(input.value) + by * one.step;
    input.dispatchEvent(new Event("input"));
  });
  const label = made("label", one.label, { for: input.id });
  label.append(" ", made("span", `(${one.unit})`, { class: "unit" }));
  return made("div", "", { class: "slider" }, label, shown, input);
}

function build() {
  legend(at("legend"));
  at("sliders").append(...about.sliders.map(slide));
  const more = at("more_choice");
  for (const one of [...about.assumptions].sort((a, b) => a.label.localeCompare(b.label))) more.append(made("option", one.label, { value: one.name }));
  const shown = new Set();
  const add = (name) => {
    const one = about.assumptions.find((assumption) => assumption.name === name);
    if (!one || shown.has(name)) return;
    shown.add(name);
    at("more").append(slide(one));
  };
  more.addEventListener("change", () => add(more.value));
  Object.keys(room.parameters).forEach(add);
  for (const [name, look] of Object.entries(looks)) {
    const box = made("input", "", { type: "checkbox", id: `s-${name}` });
    box.checked = !room.hidden.includes(name);
    box.addEventListener("change", () => {
      const hidden = Object.keys(looks).filter((one) => !at(`s-${one}`).checked);
      if (hidden.length === Object.keys(looks).length) { box.checked = true; return; }
      room.hidden = hidden;
      draw();
      go(room.month);
    });
    const label = made("label", "", { class: "choice" }, box, made("span", look.title));
    label.style.setProperty("--look", look.colour);
    at("strategies").append(label);
    if (about.levers[name]) at("lever_strategy").append(made("option", look.title, { value: name }));
  }
  const fits = Object.values(about.levers).some(Boolean);
  at("lever_form").hidden = !fits;
  at("lever_none").hidden = fits;
  for (const lever of Object.keys(about.doses)) at("lever").append(made("option", say(`lever.${lever}`), { value: lever }));
  at("lever").addEventListener("change", doses);
  doses();
}

function doses() {
  const lever = at("lever").value;
  at("dose").replaceChildren(...about.doses[lever].map((value, place) => made("option", dose(lever, value), { value: place })));
}

// --- hands ---

at("events").addEventListener("click", (click) => click.target.dataset.event && did({ event: click.target.dataset.event }));
at("pull").addEventListener("click", () => did({ strategy: at("lever_strategy").value, lever: at("lever").value, dose: about.doses[at("lever").value][at("dose").value] }));
at("undo").addEventListener("click", () => { room.done.pop(); without = null; renew(); });
at("again").addEventListener("click", () => { room.world = (room.world + 1) % answer.worlds; renew(); });
at("mark").addEventListener("click", () => {
  const { parameters, done, world, month } = structuredClone(room);
  room.marks = [...room.marks, { parameters, done, world, month }].slice(-6);
  at("marked").textContent = say("marked", { number: room.marks.length });
  remember();
});
at("twins").addEventListener("toggle", () => answer && regions());
at("why").addEventListener("click", () => drawer?.chosen());
at("projector").addEventListener("click", () => {
  const on = document.body.classList.toggle("projector");
  at("projector").setAttribute("aria-pressed", on);
});
at("guess_form").addEventListener("change", () => { if (answer) { guessing(answer); draw(); go(room.month); } });
playback.keys.p = () => at("projector").click();
playback.keys.n = () => at("notes")?.click();
playback.keys.u = () => at("undo").click();

window.spread = { state: () => structuredClone({ room, months: answer?.months, worlds: answer?.worlds, clinics: scene?.clinics.x.length, counts: scene?.counts() ?? {} }) };
build();
write();
renew();
