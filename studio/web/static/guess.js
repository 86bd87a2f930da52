// Guess first: the room's guess of the curve and a show of hands, laid beside what the model says.

import { looks } from "./looks.js";
import { at, made, percent, say } from "./numbers.js";
import { room } from "./room.js";

const months = (answer) => [1, 2, 3].map((part) => Math.round((answer.months * part) / 3));

// The guess as points of the chart, or null.
export function guessed() {
  const guess = room.guess;
  if (!guess?.points?.length) return null;
  return { months: guess.points.map(([month]) => month), values: guess.points.map(([, share]) => share), colour: "#5a2a82" };
}

// Reads the form into the room; gives what became of the guess in words.
export function guessing(answer) {
  const form = at("guess_form");
  if (!form.childElementCount) build(form, answer);
  const points = months(answer).map((month) => [month, read(`guess_${month}`)]).filter(([, share]) => share !== null).map(([month, percentage]) => [month, percentage / 100]);
  const hands = Object.fromEntries(Object.keys(looks).map((name) => [name, read(`hands_${name}`) ?? 0]));
  const strategy = at("guess_strategy").value;
  room.guess = points.length || Object.values(hands).some(Boolean) ? { points, hands, strategy } : null;
  return room.guess ? [...missed(answer, points, strategy), ...won(answer, hands)].join(" ") : "";
}

function read(id) {
  const value = at(id).valueAsNumber;
  return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : null;
}

function build(form, answer) {
  const chosen = made("select", "", { id: "guess_strategy" });
  for (const [name, look] of Object.entries(looks)) chosen.append(made("option", look.title, { value: name }));
  chosen.value = room.guess?.strategy ?? Object.keys(looks)[0];
  form.append(made("label", say("guess.strategy"), { for: "guess_strategy" }), chosen);
  for (const month of months(answer)) {
    const known = room.guess?.points?.find(([one]) => one === month)?.[1];
    form.append(...field(`guess_${month}`, say("guess.month", { month }), known === undefined ? "" : Math.round(100 * known), 100));
  }
  form.append(made("h3", say("guess.hands")));
  for (const [name, look] of Object.entries(looks)) form.append(...field(`hands_${name}`, look.title, room.guess?.hands?.[name] || "", 999));
}

function field(id, text, value, max) {
  const input = made("input", "", { type: "number", id, min: 0, max, step: 1, inputmode: "numeric" });
  input.value = value;
  return [made("label", text, { for: id }), input];
}

function missed(answer, points, strategy) {
  if (!points.length) return [];
  const [month, share] = points.at(-1);
  const { low, median, high } = answer.strategies[strategy].bands.reach;
  const values = { month, guess: percent(share), median: percent(median[month]), low: percent(low[month]), high: percent(high[month]) };
  return [say(share >= low[month] && share <= high[month] ? "guess.inside" : share < low[month] ? "guess.below" : "guess.above", values)];
}

function won(answer, hands) {
  const all = Object.values(hands).reduce((a, b) => a + b, 0);
  if (!all) return [];
  const best = Object.keys(looks).reduce((a, b) => (last(answer, b) > last(answer, a) ? b : a));
  return [say("guess.won", { strategy: looks[best].title, hands: hands[best], all })];
}

const last = (answer, name) => answer.strategies[name].bands.sustained.median.at(-1);
