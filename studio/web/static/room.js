// What the room has chosen, kept in the address: a reload, the other language and the other pages go on with it.

import { about, figure, say } from "./numbers.js";
import { looks } from "./looks.js";

const EVENTS = {
  pandemic: { capacity: 0.4, months: 6 },
  champions_leave: { share: 0.5 },
  coordinator_leaves: { months: 12 },
  tailwind: { salience: 0.5, months: 12 },
  funding_ends: {},
  mandate_lifts: {},
};

const EMPTY = { parameters: {}, done: [], world: null, month: 0, hidden: [], guess: null, marks: [] };

function restored() {
  try {
    return { ...structuredClone(EMPTY), ...JSON.parse(decodeURIComponent(location.hash.slice(1))) };
  } catch {
    return structuredClone(EMPTY);
  }
}

export const room = restored();

let resting = 0;
export function remember() {
  clearTimeout(resting);
  resting = setTimeout(write, 150);
}

// At once before another page takes over.
export function write() {
  clearTimeout(resting);
  const hash = `#${encodeURIComponent(JSON.stringify(room))}`;
  history.replaceState(null, "", hash);
  for (const link of document.querySelectorAll("a[data-room]")) link.hash = hash;
}
document.addEventListener("click", (click) => click.target.closest?.("a[data-room]") && write(), true);

// The question as the server takes it. what: parameters and done, by default the room's.
export function question(what = room) {
  const changes = {};
  const events = what.done.filter((one) => one.event).map(({ month, event }) => ({ month, [event]: EVENTS[event] }));
  if (Object.keys(what.parameters).length) changes.parameters = what.parameters;
  if (events.length) changes.events = events;
  const levers = what.done.filter((one) => one.lever).map(({ month, strategy, lever, dose }) => ({ month, strategy, lever, dose }));
  return { scenario: about.scenario, changes, levers, world: what.world };
}

export const changed = (what = room) => what.done.length > 0 || Object.keys(what.parameters).length > 0;

export function told(one) {
  const what = one.event
    ? say(`event.${one.event}`)
    : say("pulled", { lever: say(`lever.${one.lever}`), dose: dose(one.lever, one.dose), strategy: looks[one.strategy]?.title ?? one.strategy });
  return say("happened", { month: one.month, event: what });
}

export function dose(lever, value) {
  if (lever === "mandate") return say("dose.decided");
  if (value === true || value === false) return say(value ? "dose.yes" : "dose.no");
  return typeof value === "string" ? say(`dose.${value}`) : figure(value);
}

// Everything that was done, in words: changes of assumptions and what happened.
export function deeds(what = room) {
  const labels = Object.fromEntries([...about.sliders, ...about.assumptions].map((one) => [one.name, one.label]));
  const set = Object.entries(what.parameters).map(([name, value]) => say("set", { parameter: labels[name] ?? name, value: figure(value) }));
  return [...set, ...[...what.done].sort((a, b) => a.month - b.month).map(told)];
}

export const marks = () => [
  ...about.events.filter((one) => one.month !== null).map((one) => one.month),
  ...room.done.map((one) => one.month),
];
