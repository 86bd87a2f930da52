// Numbers and sentences in the page's language.

const language = document.documentElement.lang;
const words = JSON.parse(document.getElementById("words").textContent);
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const plain = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });

export const number = (value) => whole.format(value);
export const figure = (value) => plain.format(value);
export const percent = (value) => share.format(value);

export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}
