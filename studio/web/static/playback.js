// Play, step, back, scrub and speed, by mouse and by keyboard; all of it here, so that it needs nobody.

import { at, say } from "./numbers.js";

export class Playback {
  // go: called with the month that is to be shown.
  constructor(go) {
    this.go = go;
    this.month = 0;
    this.months = 0;
    this.timer = 0;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    at("play").addEventListener("click", () => this.play());
    at("step").addEventListener("click", () => this.step(1));
    at("back").addEventListener("click", () => this.step(-1));
    at("reset").addEventListener("click", () => this.step(-this.months));
    at("month").addEventListener("input", (event) => { this.pause(); this.to(Number(event.target.value)); });
    at("speed").addEventListener("change", () => { if (this.timer) { this.pause(); this.play(); } });
    document.addEventListener("keydown", (press) => this.#pressed(press));
    this.keys = { " ": () => this.play(), ArrowRight: () => this.step(1), ArrowLeft: () => this.step(-1), r: () => this.step(-this.months) };
  }

  ready(months, month) {
    this.months = at("month").max = months;
    this.to(Math.min(month, months));
  }

  to(month) {
    this.month = month;
    at("month").value = month;
    at("now").textContent = month;
    this.go(month);
  }

  play() {
    if (this.timer) return this.pause();
    if (this.month >= this.months) this.to(0);
    const speed = Number(at("speed").value);
    if (this.calm.matches || !speed) return this.to(this.months);
    at("play").textContent = say("pause");
    document.body.classList.add("playing");
    this.timer = setInterval(() => (this.month < this.months ? this.to(this.month + 1) : this.pause()), 1000 / speed);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    at("play").textContent = say("play");
    document.body.classList.remove("playing");
    this.paused?.();
  }

  step(by) {
    this.pause();
    this.to(Math.max(0, Math.min(this.months, this.month + by)));
  }

  #pressed(press) {
    if (press.ctrlKey || press.metaKey || press.altKey || !this.months) return;
    if (press.target.closest("button, input, select, summary, a, textarea, dialog")) return;
    const act = this.keys[press.key];
    if (act) { press.preventDefault(); act(); }
  }
}
