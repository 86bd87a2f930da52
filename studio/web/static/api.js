// Questions to the server; a newer question ends the one before it.

const token = document.querySelector('meta[name="innomotor-token"]').content;
const running = new Map();

export class Mistakes extends Error {
  constructor(lines) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}

export async function ask(path, content) {
  running.get(path)?.abort();
  const stop = new AbortController();
  running.set(path, stop);
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-innomotor-token": token },
    body: JSON.stringify(content),
    signal: stop.signal,
  });
  const type = answer.headers.get("content-type") ?? "";
  const said = type.startsWith("application/json") ? await answer.json() : { mistakes: [await answer.text()] };
  if (!answer.ok) throw new Mistakes(said.mistakes ?? [answer.statusText]);
  return said;
}
