// What just happened, month by month: found in one world's changes, told in a sentence.

import { looks } from "./looks.js";
import { say } from "./numbers.js";

const USING = new Set([2, 3, 4]);

// Sentences by month, the weightiest first.
export function moments(strategies, clinics, happenings) {
  const found = new Map();
  const tell = (month, weight, text) => found.set(month, [...(found.get(month) ?? []), { weight, text }]);
  for (const { month, text } of happenings) tell(month, 9, text);
  for (const [name, { changes }] of Object.entries(strategies)) follow(name, changes, clinics, tell);
  return new Map([...found].map(([month, told]) => [month, told.sort((a, b) => b.weight - a.weight).map((one) => one.text)]));
}

function follow(name, changes, clinics, tell) {
  const strategy = looks[name].title;
  const state = new Uint8Array(clinics.x.length);
  const sizes = clinics.regions.map((_, region) => clinics.region.filter((one) => one === region).length);
  const users = sizes.map(() => 0);
  const once = new Set();
  const first = (key, month, weight, text) => {
    if (once.has(key)) return;
    once.add(key);
    if (month > 0) tell(month, weight, text());
  };
  let all = 0;
  let back = 0;
  changes.forEach((told, month) => {
    for (let i = 0; i < told.length; i += 2) {
      const [clinic, now] = [told[i], told[i + 1] & 7];
      const step = USING.has(now) - USING.has(state[clinic]);
      users[clinics.region[clinic]] += step;
      all += step;
      if (now === 5 && state[clinic] !== 5) back++;
      state[clinic] = now;
    }
    for (const [region, size] of sizes.entries()) {
      const place = clinics.regions[region];
      if (2 * users[region] >= size) first(`half ${region}`, month, 3, () => say("moment.region_half", { month, region: place, strategy }));
      if (users[region]) first(`first ${region}`, month, 1, () => say("moment.region_first", { month, region: place, strategy }));
    }
    if (users.every((number) => number > 0) && users.length > 1) first("everywhere", month, 6, () => say("moment.everywhere", { month, regions: users.length, strategy }));
    for (const [part, key] of [[0.1, "tenth"], [0.25, "quarter"], [0.5, "half"], [0.75, "three_quarters"]]) {
      if (all >= part * state.length) first(key, month, 5, () => say(`moment.${key}`, { month, strategy }));
    }
    if (back >= 0.05 * state.length) first("back", month, 4, () => say("moment.back", { month, number: back, strategy }));
  });
}

// What to say in a month: the latest that happened, at most half a year ago.
export function latest(found, month) {
  for (let m = month; m >= Math.max(0, month - 6); m--) if (found.has(m)) return found.get(m)[0];
  return "";
}
