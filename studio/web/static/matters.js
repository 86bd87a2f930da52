// What matters most, computed behind the page.

import { finished } from "./work.js";

const at = (id) => document.getElementById(id);
const { scenario } = JSON.parse(at("about").textContent);

try {
  const answer = await finished("/api/matters", { scenario });
  at("study").innerHTML = answer.html; // made by the server's templates, which escape every name
} catch (error) {
  if (error.name !== "AbortError") at("mistakes").textContent = error.message;
}
at("study").setAttribute("aria-busy", "false");
