// The meeting: choose an initiative, say what was decided, read it once more, and only then write it into the journal.

import { ask, fetchFile } from "./api.js";
import { number, say } from "./numbers.js";

const at = (id) => document.getElementById(id);
const about = JSON.parse(at("about").textContent);
const { portfolio } = about;
const form = at("decision");
let agenda = about.agenda;
let chosen = null;

function element(kind, text, look) {
  const made = document.createElement(kind);
  if (text !== undefined) made.textContent = text;
  if (look) made.className = look;
  return made;
}

function row(cells, kind = "td") {
  const made = element("tr");
  for (const cell of cells) {
    if (cell instanceof HTMLElement) made.append(cell);
    else {
      const one = element(kind, cell, "words");
      if (kind === "th") one.scope = "col";
      made.append(one);
    }
  }
  return made;
}

function filled(id, columns, rows) {
  const head = element("thead");
  head.append(row(columns.map((key) => say(`board.column.${key}`)), "th"));
  const body = element("tbody");
  body.append(...rows);
  at(id).replaceChildren(head, body);
}

function draw() {
  filled("agenda", ["initiative", "stands", "not_met", "decide"], agenda.rows.map((one) => {
    const title = element("th", one.title);
    title.scope = "row";
    const cell = element("td");
    const button = element("button", say("board.decide"));
    button.type = "button";
    button.setAttribute("aria-label", say("board.decide_on", { title: one.title }));
    button.addEventListener("click", () => open(one));
    cell.append(button);
    return row([title, one.stands, [...one.stopped_by, ...one.unknown].join(", ") || "–", cell]);
  }));
  filled("journal", ["line", "date", "initiative", "what", "who", "reason"], agenda.lines.map((one) => row([number(one.number), one.date, one.title, one.what, one.who, one.reason])));
  at("journal").hidden = agenda.lines.length === 0;
  at("minutes").disabled = agenda.lines.length === 0;
}

function options(name, values, text, empty) {
  const list = values.map((value) => new Option(text(value), value));
  if (empty) list.unshift(new Option("–", ""));
  form.elements[name].replaceChildren(...list);
  form.elements[name].closest("label").hidden = values.length === 0;
}

function open(one) {
  chosen = one;
  at("what").textContent = one.title;
  options("step", one.steps, (step) => say(`board.do.${step}`));
  options("strategy", one.strategies, (strategy) => about.strategies[strategy] ?? strategy.replaceAll("_", " "), true);
  options("start", agenda.quarters, (quarter) => quarter, true);
  const warned = [];
  if (one.stopped_by.length) warned.push(say("board.warn_no", { gates: one.stopped_by.join(", ") }));
  if (one.unknown.length) warned.push(say("board.warn_unknown", { gates: one.unknown.join(", ") }));
  at("warning").textContent = warned.join(" ");
  at("warning").hidden = warned.length === 0;
  form.hidden = false;
  at("what").focus();
}

function said() {
  const given = Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, value.trim() || null]));
  return { portfolio, initiative: chosen.name, ...given };
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const lines = [[say("board.column.initiative"), chosen.title]];
  for (const label of form.querySelectorAll("label")) {
    const field = label.querySelector("select, input, textarea");
    const text = field.tagName === "SELECT" ? field.selectedOptions[0]?.text : field.value;
    if (!label.hidden && text && text !== "–") lines.push([label.firstChild.textContent.trim(), text]);
  }
  at("summary").replaceChildren(...lines.flatMap(([what, text]) => [element("dt", what), element("dd", text)]));
  at("refused").textContent = "";
  at("confirm").showModal();
});

at("write").addEventListener("click", async () => {
  at("write").disabled = true;
  try {
    const answer = await ask("/api/board/decide", { ...said(), confirmed: true });
    agenda = answer;
    at("confirm").close();
    form.hidden = true;
    form.reset();
    draw();
    at("written").textContent = say("board.written", { line: number(answer.line.number), receipt: answer.line.receipt });
  } catch (error) {
    at("refused").textContent = error.message;
  }
  at("write").disabled = false;
});
at("back").addEventListener("click", () => at("confirm").close());
at("cancel").addEventListener("click", () => {
  form.hidden = true;
});
at("minutes").addEventListener("click", async () => {
  at("minutes").disabled = true;
  try {
    await fetchFile("/api/board/minutes.pdf", { portfolio, day: at("day").value || null }, "innomotor.pdf");
  } catch (error) {
    at("mistakes").textContent = error.message;
  }
  at("minutes").disabled = false;
});

draw();
