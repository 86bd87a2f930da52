// A page that shows a part of the pack as it stands in the report.

import { part } from "./work.js";

const at = (id) => document.getElementById(id);
const { portfolio } = JSON.parse(at("about").textContent);
const place = at("part");

try {
  const answer = await part(portfolio, place.dataset.part);
  place.innerHTML = answer.html; // made by the server's templates, which escape every name
  if (answer.heading) at("heading").textContent = answer.heading;
} catch (error) {
  at("mistakes").textContent = error.message;
}
place.setAttribute("aria-busy", "false");
