// The stage: ask once, then play, step, scrub and rewind here in the browser.

import { ask, Mistakes } from "./api.js";
import { Chart } from "./chart.js";
import { Network } from "./network.js";
import { figure, number, percent, say } from "./numbers.js";

const at = (id) => document.getElementById(id);
const about = JSON.parse(at("about").textContent);
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#8e4585", "#8a6d00", "#3b5b92"];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [6, 6], [1, 4]];
const EVENTS = {
  pandemic: { capacity: 0.4, months: 6 },
  champions_leave: { share: 0.5 },
  tailwind: { salience: 0.5, months: 12 },
  funding_ends: {},
  mandate_lifts: {},
};
const looks = Object.fromEntries(
  Object.entries(about.strategies).map(([name, title], i) => [
    name,
    { title, colour: COLOURS[i % COLOURS.length], dash: DASHES[i % DASHES.length] },
  ]),
);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const room = restored();
const charts = ["reach", "sustained"].map((curve) => new Chart(at(curve), curve, looks));
let answer = null;
let without = null;
let clinics = null;
let networks = {};
let timer = 0;

// --- what the room has chosen, kept in the address ---

function restored() {
  const empty = { parameters: {}, events: [], world: null, month: 0 };
  try {
    return { ...empty, ...JSON.parse(decodeURIComponent(location.hash.slice(1))) };
  } catch {
    return empty;
  }
}

function remember() {
  history.replaceState(null, "", `#${encodeURIComponent(JSON.stringify(room))}`);
  at("language").hash = location.hash;
}

function question() {
  const events = room.events.map(({ month, kind }) => ({ month, [kind]: EVENTS[kind] }));
  const changes = {};
  if (Object.keys(room.parameters).length) changes.parameters = room.parameters;
  if (events.length) changes.events = events;
  return { scenario: about.scenario, changes, world: room.world };
}

// --- asking ---

async function renew({ keep = false } = {}) {
  at("stage").setAttribute("aria-busy", "true");
  at("mistakes").textContent = "";
  try {
    if (!clinics) {
      clinics = await ask("/api/clinics", question());
      build();
    }
    const before = answer;
    answer = await ask("/api/runs", question());
    without = keep ? before : room.events.length || Object.keys(room.parameters).length ? without : null;
    if (room.world === null) room.world = answer.world;
    tell();
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Mistakes)) throw error;
    at("mistakes").textContent = error.lines.join("\n");
  }
  at("stage").setAttribute("aria-busy", "false");
}

function build() {
  for (const [name, look] of Object.entries(looks)) {
    const figureOf = document.createElement("figure");
    const caption = document.createElement("figcaption");
    const title = document.createElement("h2");
    title.textContent = look.title;
    const big = document.createElement("p");
    big.className = "big";
    const small = document.createElement("p");
    small.className = "quiet";
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    caption.append(title, big, small);
    figureOf.append(caption, canvas);
    at("networks").append(figureOf);
    caption.style.setProperty("--look", look.colour);
    networks[name] = { network: new Network(canvas, look.colour, clinics), big, small, canvas };
  }
  for (const state of ["under_way", "using", "sustained", "nominal", "abandoned"]) {
    const item = document.createElement("li");
    item.className = `state ${state}`;
    item.textContent = say(`state.${state}`);
    at("legend").append(item);
  }
}

function tell() {
  at("month").max = answer.months;
  for (const [name, { network }] of Object.entries(networks)) network.follow(answer.strategies[name].changes);
  for (const chart of charts) chart.tell(answer, without, room.events);
  at("world").textContent = say("world", { world: answer.world + 1, worlds: answer.worlds, seed: answer.seed });
  at("happened").replaceChildren(
    ...room.events.map(({ month, kind }) => {
      const item = document.createElement("li");
      item.textContent = say("happened", { month, event: say(`event.${kind}`) });
      return item;
    }),
  );
  at("undo").disabled = !room.events.length;
  table();
  go(Math.min(room.month, answer.months));
}

// --- time ---

function go(month) {
  room.month = month;
  at("month").value = month;
  at("now").textContent = month;
  const total = clinics.x.length;
  const said = [];
  for (const [name, { network, big, small, canvas }] of Object.entries(networks)) {
    network.show(month);
    const count = network.counts();
    const users = count.using + count.sustained + count.nominal;
    big.textContent = say("big", { users: number(users), clinics: number(total) });
    small.textContent = say("small", { sustained: number(count.sustained), nominal: number(count.nominal), abandoned: number(count.abandoned) });
    canvas.setAttribute("aria-label", `${looks[name].title}: ${big.textContent}. ${small.textContent}`);
    said.push(say("share", { strategy: looks[name].title, reach: percent(users / total), sustained: percent(count.sustained / total) }));
  }
  at("sentence").textContent = say("sentence", { month, shares: said.join("; ") });
  for (const chart of charts) chart.show(month);
  remember();
}

function play() {
  if (timer) return pause();
  if (room.month >= answer.months) go(0);
  const speed = Number(at("speed").value);
  if (calm.matches || !speed) return go(answer.months);
  at("play").textContent = say("pause");
  at("sentence").setAttribute("aria-live", "off");
  timer = setInterval(() => (room.month < answer.months ? go(room.month + 1) : pause()), 1000 / speed);
}

function pause() {
  clearInterval(timer);
  timer = 0;
  at("play").textContent = say("play");
  at("sentence").setAttribute("aria-live", "polite");
}

function step(by) {
  pause();
  go(Math.max(0, Math.min(answer.months, room.month + by)));
}

// --- the same as a table ---

function table() {
  const made = document.createElement("table");
  const head = made.createTHead().insertRow();
  for (const key of ["strategy", "reach", "sustained", "nominal", "abandoned", "months_to_50", "cost_sek"]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = say(`column.${key}`);
    head.append(cell);
  }
  const body = made.createTBody();
  for (const [name, look] of Object.entries(looks)) {
    const row = body.insertRow();
    const title = document.createElement("th");
    title.scope = "row";
    title.textContent = look.title;
    row.append(title);
    const figures = answer.strategies[name].figures;
    for (const key of ["reach", "sustained", "nominal", "abandoned"]) row.insertCell().textContent = range(figures[key], percent);
    row.insertCell().textContent = range(figures.months_to_50, figure, `> ${answer.months}`);
    row.insertCell().textContent = range(figures.cost_sek, (sek) => figure(sek / 1e6));
  }
  at("table").replaceChildren(made);
}

function range({ low, median, high }, write, never = "–") {
  const said = (value) => (value === null ? never : write(value));
  return `${said(median)} (${said(low)}–${said(high)})`;
}

// --- hands ---

at("play").addEventListener("click", play);
at("step").addEventListener("click", () => step(1));
at("back").addEventListener("click", () => step(-1));
at("reset").addEventListener("click", () => step(-answer.months));
at("month").addEventListener("input", (event) => { pause(); go(Number(event.target.value)); });
at("speed").addEventListener("change", () => { if (timer) { pause(); play(); } });
at("again").addEventListener("click", () => { room.world = (room.world + 1) % answer.worlds; renew(); });
at("undo").addEventListener("click", () => { room.events.pop(); without = null; renew(); });
at("events").addEventListener("click", (click) => {
  const kind = click.target.dataset.event;
  if (!kind || !answer) return;
  pause();
  room.events.push({ month: Math.min(room.month, answer.months - 1), kind });
  renew({ keep: true });
});
at("projector").addEventListener("click", () => {
  const on = document.body.classList.toggle("projector");
  at("projector").setAttribute("aria-pressed", on);
});
let resting = 0;
for (const slider of document.querySelectorAll(".slider input")) {
  if (slider.name in room.parameters) slider.value = room.parameters[slider.name];
  const shown = at(`o-${slider.name}`);
  shown.textContent = figure(Number(slider.value));
  slider.addEventListener("input", () => {
    shown.textContent = figure(Number(slider.value));
    room.parameters[slider.name] = Number(slider.value);
    clearTimeout(resting);
    resting = setTimeout(() => renew({ keep: true }), 80);
  });
}
document.addEventListener("keydown", (press) => {
  if (press.ctrlKey || press.metaKey || press.altKey || !answer) return;
  if (press.target.closest("button, input, select, summary, a")) return;
  const doing = { " ": play, ArrowRight: () => step(1), ArrowLeft: () => step(-1), r: () => step(-answer.months), p: () => at("projector").click() };
  const act = doing[press.key];
  if (act) { press.preventDefault(); act(); }
});

window.spread = { state: () => structuredClone({ room, months: answer?.months, clinics: clinics?.x.length, counts: Object.fromEntries(Object.entries(networks).map(([name, one]) => [name, one.network.counts()])) }) };
renew();
