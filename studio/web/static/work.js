// Long work behind a page, asked for until it is there; how far it has come survives a reload, since the server keeps it.

import { ask } from "./api.js";
import { number, say } from "./numbers.js";

const EVERY = 1000;
const at = (id) => document.getElementById(id);

// path: where to ask; question: what; both stay the same until the work is done.
export async function finished(path, question) {
  let key = null;
  for (;;) {
    const answer = await ask(path, { ...question, key });
    key = answer.key;
    tell(answer);
    if (answer.step === "failed") throw new Error(answer.mistakes.join("\n"));
    if (answer.step === "ready") return answer;
    await new Promise((later) => setTimeout(later, EVERY));
  }
}

export const part = (portfolio, wanted) => finished("/api/board/pack", { portfolio, part: wanted });

function tell(answer) {
  const bar = at("bar");
  const said = say(`work.${answer.step}`, { done: number(answer.done), of: number(answer.of) });
  if (at("progress").textContent !== said) at("progress").textContent = said;
  bar.hidden = answer.step === "ready" || answer.step === "failed";
  if (answer.step === "simulating" && answer.of) {
    bar.max = answer.of;
    bar.value = answer.done;
  } else bar.removeAttribute("value");
}
