// The networks of the strategies side by side, in lock-step, each with its numbers in words.

import { looks } from "./looks.js";
import { about, at, made, number, percent, say } from "./numbers.js";
import { Network, STATES } from "./network.js";

// Up to so many regions, everybody sees where it is present.
const FEW = 5;

export class Scene {
  // place: an element; clinics: where they stand; chosen: called with strategy and clinic when one is clicked.
  constructor(place, clinics, chosen = () => {}) {
    this.clinics = clinics;
    this.figures = {};
    if (!about.alone && at("shown")) at("shown").textContent = say("shown", { innovation: about.shown });
    for (const [name, look] of Object.entries(looks)) {
      const big = made("p", "", { class: "big" });
      const small = made("p", "", { class: "quiet" });
      const canvas = made("canvas", "", { role: "img" });
      const caption = made("figcaption", "", {}, made("h2", look.title), big, small);
      caption.style.setProperty("--look", look.colour);
      const figure = made("figure", "", { "data-strategy": name }, caption, canvas);
      place.append(figure);
      const network = new Network(canvas, look.colour, clinics);
      canvas.addEventListener("click", (click) => {
        const clinic = network.nearest(click.offsetX / canvas.clientWidth, click.offsetY / canvas.clientHeight);
        if (clinic >= 0) chosen(name, clinic);
      });
      this.figures[name] = { figure, network, big, small, canvas };
    }
  }

  follow(strategies) {
    for (const [name, { network }] of Object.entries(this.figures)) network.follow(strategies[name].changes);
  }

  // Only some of the strategies.
  only(hidden) {
    for (const [name, { figure }] of Object.entries(this.figures)) figure.hidden = hidden.includes(name);
  }

  // Shows a month; gives the share that uses it and that has it in ordinary operation, by strategy.
  show(month) {
    const total = this.clinics.x.length;
    const told = {};
    for (const [name, { network, big, small, canvas }] of Object.entries(this.figures)) {
      network.show(month);
      const count = network.counts();
      const users = count.using + count.sustained + count.nominal;
      big.textContent = say("big", { users: number(users), clinics: number(total) });
      const present = this.clinics.regions.length > FEW ? ` ${say("present", { regions: network.present(), all: this.clinics.regions.length })}` : "";
      small.textContent = say("small", { sustained: number(count.sustained), nominal: number(count.nominal), abandoned: number(count.abandoned) }) + present;
      canvas.setAttribute("aria-label", `${looks[name].title}: ${big.textContent}. ${small.textContent}`);
      told[name] = { reach: users / total, sustained: count.sustained / total };
    }
    return told;
  }

  counts() {
    return Object.fromEntries(Object.entries(this.figures).map(([name, one]) => [name, one.network.counts()]));
  }

  // Users of each region by strategy, as rows of a table.
  regions() {
    const shares = Object.values(this.figures).map(({ network }) => network.byRegion());
    return this.clinics.regions.map((region, place) => ({
      heading: region,
      cells: shares.map((one) => say("of", { users: number(one.users[place]), clinics: number(one.all[place]), share: percent(one.users[place] / one.all[place]) })),
    }));
  }
}

export function legend(place) {
  const shown = [...STATES.slice(1), "champion"];
  place.replaceChildren(...shown.map((state) => made("li", say(`state.${state}`), { class: `state ${state}` })));
}
