// The ranked table: weighed anew while one looks, with arrows for what moved, and the lines of money and clinic time.

import { ask } from "./api.js";
import { part } from "./work.js";
import { number, percent, say } from "./numbers.js";

const PATIENCE = 80;
const at = (id) => document.getElementById(id);
const language = document.documentElement.lang;
const decimals = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const millions = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const { portfolio, table } = JSON.parse(at("about").textContent);
const own = table; // at the board's own weights
let now = table;
let plan = null;
let timer = 0;

const sliders = [...document.querySelectorAll("[data-criterion]")];
const first = Object.fromEntries(sliders.map((one) => [one.dataset.criterion, one.value]));

function element(kind, text, look) {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  if (look) made.className = look;
  return made;
}

function moved(name, place) {
  const before = own.rows.findIndex((row) => row.name === name);
  const steps = before - place;
  if (!steps || now === own) return ["", ""];
  const way = steps > 0 ? "up" : "down";
  return [steps > 0 ? `▲ ${steps}` : `▼ ${-steps}`, say(`board.moved_${way}`, { steps: Math.abs(steps) })];
}

const chosen = (row) => (!at("group").value || row.groups.includes(at("group").value)) && (!at("stage").value || row.stage === at("stage").value);

function head() {
  const keys = ["place", "initiative", "value", "first", "among_first", "gates", "light", "owner"];
  if (plan) keys.push("cost", "standing", "asked");
  const row = element("tr");
  for (const key of keys) {
    const cell = element("th", say(`board.column.${key}`));
    cell.scope = "col";
    row.append(cell);
  }
  const made = element("thead");
  made.append(row);
  return made;
}

function line(key, factor, columns) {
  const row = element("tr", undefined, `line ${key}`);
  const cell = element("td", say(`board.line.${key}`, { share: percent(factor) }));
  cell.colSpan = columns;
  row.append(cell);
  return row;
}

function rowOf(row, place) {
  const made = element("tr", undefined, plan?.of[row.name]?.chosen ? "chosen" : "");
  const cell = element("td", number(place + 1));
  const [arrow, spoken] = moved(row.name, place);
  const mark = element("span", arrow, "moved");
  if (spoken) {
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", spoken);
  }
  cell.append(mark);
  made.append(cell);
  const title = element("th");
  title.scope = "row";
  const link = element("a", row.title);
  link.href = `/board/initiative/${encodeURIComponent(row.name)}?portfolio=${encodeURIComponent(portfolio)}`;
  title.append(link);
  made.append(title);
  const value = element("td", decimals.format(row.value));
  value.append(element("span", `${decimals.format(row.low)}–${decimals.format(row.high)}`, "range"));
  made.append(value, element("td", percent(row.first)), element("td", percent(row.among_first)));
  const gates = element("td", row.gates.text, `gate-${row.gates.verdict}`);
  if (row.gates.unknown.length) gates.title = row.gates.unknown.join(", ");
  made.append(gates, element("td", row.light.text, `lamp ${row.light.colour}`), element("td", row.owner, "words"));
  const planned = plan?.of[row.name];
  if (plan) {
    made.append(element("td", planned ? millions.format(planned.cost_sek / 1e6) : "–"));
    made.append(element("td", planned?.standing ?? "–", "words"), element("td", planned?.asked ?? "–", "words"));
  }
  return made;
}

// Where money, or the clinics' time, would end if it went by rank alone.
function ends(rows, what, given, factor) {
  const ranked = new Set(rows.map((row) => row.name));
  const decided = Object.entries(plan.of).filter(([name, one]) => one.chosen && !ranked.has(name));
  let sum = decided.reduce((total, [, one]) => total + one[what], 0); // what is decided already comes first
  for (const [place, row] of rows.entries()) {
    sum += plan.of[row.name]?.[what] ?? 0;
    if (sum > given * factor) return place;
  }
  return rows.length;
}

function draw() {
  const body = element("tbody");
  const top = head();
  const columns = top.firstChild.children.length;
  const rows = now.rows;
  const lines = [];
  for (const [key, what, given] of [["budget", "cost_sek", plan?.budget_sek], ["capacity", "hours", plan?.hours]]) {
    const factor = at(key).value / 100;
    at(`${key}_out`).textContent = given ? percent(factor) : "–";
    if (given) lines.push([ends(rows, what, given, factor), key, factor]);
  }
  for (const [place, row] of rows.entries()) {
    for (const [end, key, factor] of lines) if (end === place) body.append(line(key, factor, columns));
    if (chosen(row)) body.append(rowOf(row, place));
  }
  for (const [end, key, factor] of lines) if (end === rows.length) body.append(line(key, factor, columns));
  at("ranked").replaceChildren(element("caption", say("board.caption", { draws: number(now.draws) })), top, body);
  at("apart").replaceChildren(...now.apart.map((one) => element("li", `${one.title}: ${one.verdict}`)));
  const leader = rows[0];
  at("sentence").textContent = leader ? say("board.sentence", { title: leader.title, first: percent(leader.first), among: percent(leader.among_first) }) : "";
}

function weights() {
  for (const one of sliders) one.previousElementSibling.textContent = one.value;
  return Object.fromEntries(sliders.map((one) => [one.dataset.criterion, Number(one.value)]));
}

async function weigh() {
  const given = weights();
  const same = sliders.every((one) => one.value === first[one.dataset.criterion]);
  at("own").disabled = same;
  try {
    now = same ? own : await ask("/api/board/rank", { portfolio, weights: given });
    at("mistakes").textContent = "";
    draw();
  } catch (error) {
    if (error.name !== "AbortError") at("mistakes").textContent = error.message;
  }
}

for (const one of sliders)
  one.addEventListener("input", () => {
    weights();
    clearTimeout(timer);
    timer = setTimeout(weigh, PATIENCE);
  });
at("own").addEventListener("click", () => {
  for (const one of sliders) one.value = first[one.dataset.criterion];
  weigh();
});
for (const key of ["budget", "capacity", "group", "stage"]) at(key).addEventListener("input", draw);

function options(select, values, titles) {
  for (const value of [...new Set(values)].filter(Boolean).sort()) {
    const made = element("option", titles(value));
    made.value = value;
    select.append(made);
  }
}
options(at("group"), own.rows.flatMap((row) => row.groups), (value) => own.groups[value] ?? value);
options(at("stage"), own.rows.map((row) => row.stage), (value) => own.stages[value] ?? value);

weights();
draw();
try {
  const answer = await part(portfolio, "overview");
  plan = answer.plan;
  at("benefit").innerHTML = answer.html; // made by the server's templates, which escape every name
  for (const twin of at("benefit").querySelectorAll(".scroll")) {
    const folded = element("details");
    folded.append(element("summary", say("board.as_table")));
    twin.replaceWith(folded);
    folded.append(twin);
  }
  at("budget").disabled = plan.budget_sek === null;
  at("capacity").disabled = plan.hours === null;
  draw();
} catch (error) {
  if (error.name !== "AbortError") at("mistakes").textContent = error.message;
}
