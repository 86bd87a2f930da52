// The first page: opening a scenario file, and whether all that the pages need is here.

import { ask, telling } from "./api.js";
import { about, at, say } from "./numbers.js";

at("file").addEventListener("change", () => telling(at("mistakes"), async () => {
  const files = Object.fromEntries(await Promise.all([...at("file").files].map(async (file) => [file.name, await file.text()])));
  if (!Object.keys(files).length) return;
  const { page } = await ask("/api/open", { files });
  location.assign(page);
}));

// Everything a page needs comes from this machine: each file is there, and nothing was asked of anybody else.
async function check() {
  const found = await Promise.all(about.files.map((file) => fetch(`/static/${file}`).then((answer) => answer.ok, () => false)));
  const elsewhere = performance.getEntriesByType("resource").filter((one) => new URL(one.name).origin !== location.origin);
  const missing = about.files.filter((_, place) => !found[place]);
  at("offline").textContent = missing.length || elsewhere.length
    ? say("offline_lacks", { what: [...missing, ...elsewhere.map((one) => one.name)].join(", ") })
    : say(navigator.onLine ? "offline_ready" : "offline_now", { files: found.length });
}
check();
