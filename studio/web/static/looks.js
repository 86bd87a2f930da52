// How each strategy looks on every page: colour and dash, never colour alone.

import { about } from "./numbers.js";

const COLOURS = ["#0072b2", "#c44f00", "#00805c", "#8e4585", "#8a6d00", "#3b5b92"];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [6, 6], [1, 4]];

export const looks = Object.fromEntries(
  Object.entries(about?.strategies ?? {}).map(([name, title], i) => [
    name,
    { title, colour: COLOURS[i % COLOURS.length], dash: DASHES[i % DASHES.length] },
  ]),
);
