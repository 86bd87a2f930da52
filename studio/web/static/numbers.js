// Numbers and sentences in the page's language.

const language = document.documentElement.lang;
const words = JSON.parse(document.getElementById("words").textContent);
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const plain = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
const points = new Intl.NumberFormat(language, { maximumFractionDigits: 0, signDisplay: "exceptZero" });

export const number = (value) => whole.format(value);
export const figure = (value) => plain.format(value);
export const percent = (value) => share.format(value);
export const signed = (value) => points.format(100 * value);

export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const at = (id) => document.getElementById(id);
export const about = JSON.parse(at("about")?.textContent ?? "null");

// An element with its text and attributes, and what is in it.
export function made(tag, text = "", attributes = {}, ...inside) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...inside);
  return element;
}

// Order statistic without interpolation, as the engine takes it.
export function quantile(sorted, part) {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}
