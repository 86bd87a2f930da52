// Why did this clinic wait? Its months in the world on the stage, asked for when somebody wants to know.

import { ask, telling } from "./api.js";
import { looks } from "./looks.js";
import { about, at, made, number, percent, say } from "./numbers.js";
import { question, room } from "./room.js";

export class Drawer {
  constructor(clinics) {
    this.clinics = clinics;
    this.names = clinics.names.map((name, place) => `${name}, ${clinics.regions[clinics.region[place]]}`);
    at("clinic_names").append(...this.names.map((name) => made("option", "", { value: name })));
    for (const [name, look] of Object.entries(looks)) at("clinic_strategy").append(made("option", look.title, { value: name }));
    at("clinic").value = this.names[0];
    at("drawer_close").addEventListener("click", () => at("drawer").close());
  }

  // The clinic that is named in the field.
  chosen() {
    const typed = at("clinic").value.trim().toLowerCase();
    const exact = this.names.findIndex((name) => name.toLowerCase() === typed);
    const place = exact >= 0 ? exact : this.names.findIndex((name) => name.toLowerCase().includes(typed));
    if (typed && place >= 0) this.open(at("clinic_strategy").value, place);
  }

  async open(strategy, clinic) {
    at("clinic").value = this.names[clinic];
    at("clinic_strategy").value = strategy;
    at("drawer_title").textContent = this.names[clinic];
    at("drawer_body").replaceChildren(made("p", say("why.waiting")));
    if (!at("drawer").open) at("drawer").showModal();
    await telling(at("drawer_mistakes"), async () => {
      const content = { ...question(), strategy, clinic, world: room.world };
      at("drawer_body").replaceChildren(...this.#told(await ask(`/api/waiting?lang=${document.documentElement.lang}`, content), strategy));
    });
  }

  #told(why, strategy) {
    return [
      made("p", say("why.where", { strategy: looks[strategy].title, world: room.world + 1 }), { class: "quiet" }),
      ...section("why.timeline", [list(why.timeline.map(({ month, text }) => say("why.month", { month, text })), "ol")]),
      ...section("why.held_back", this.#held(why)),
      ...section("why.tipped", this.#tipped(why)),
      ...section("why.advisers", this.#advisers(why)),
    ];
  }

  #held(why) {
    const also = [];
    if (!why.volunteers) also.push(say("why.never_volunteers"));
    if (!why.champion) also.push(say("why.no_champion"));
    if (!why.facilitated) also.push(say("why.no_facilitator"));
    if (why.mandated) also.push(say("why.mandated"));
    const causes = why.held_back.map(({ text, share }) => say("why.slowed", { cause: text, share: percent(share) }));
    return [list([...(causes.length ? causes : [say("why.nothing")]), ...also])];
  }

  #tipped(why) {
    const sooner = why.held_back.filter(({ month }) => month !== null && (why.started === null || month < why.started));
    if (!sooner.length) return [made("p", say(why.started === null ? "why.not_one" : "why.luck", { month: why.started }))];
    return [list(sooner.map(({ text, month }) => say("why.then", { cause: text, month }))), made("p", say("why.same_luck"), { class: "quiet" })];
  }

  #advisers(why) {
    if (!why.advisers.length) return [made("p", say("why.nobody"))];
    return [list(why.advisers.map(({ name, weight, layer, since }) => say(since === null ? "why.adviser_never" : "why.adviser", { name, weight: percent(weight), layer, month: since === null ? "" : number(since) })))];
  }
}

const section = (key, inside) => [made("h3", say(key)), ...inside];
const list = (texts, tag = "ul") => made(tag, "", {}, ...texts.map((text) => made("li", text)));
