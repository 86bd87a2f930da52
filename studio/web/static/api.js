// Questions to the server; a newer question ends the one before it at the same address.

const token = document.querySelector('meta[name="innomotor-token"]').content;
const running = new Map();

export class Mistakes extends Error {
  constructor(lines) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

class Unreachable extends Error {}

async function posted(path, content, apart) {
  running.get(apart)?.abort();
  const stop = new AbortController();
  running.set(apart, stop);
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-innomotor-token": token },
    body: JSON.stringify(content),
    signal: stop.signal,
  }).catch((error) => {
    throw error.name === "AbortError" ? error : new Unreachable(error.message);
  });
  if (answer.ok) return answer;
  const type = answer.headers.get("content-type") ?? "";
  const said = type.startsWith("application/json") ? await answer.json() : { mistakes: [await answer.text()] };
  throw new Mistakes(said.mistakes ?? [answer.statusText]);
}

// apart: questions with different names do not end each other.
export async function ask(path, content, apart = path) {
  return (await posted(path, content, apart)).json();
}

// A file that the server makes, saved under a name.
export async function fetchFile(path, content, name) {
  save(await (await posted(path, content, path)).blob(), name);
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// Does it, and says on the page what was wrong; a question that a newer one has ended says nothing.
export async function telling(place, doing) {
  place.textContent = "";
  try {
    await doing();
    return true;
  } catch (error) {
    if (error.name === "AbortError") return false;
    if (!(error instanceof Mistakes) && !(error instanceof Unreachable)) throw error;
    place.textContent = error.lines?.join("\n") ?? place.dataset.offline;
    return true;
  }
}
