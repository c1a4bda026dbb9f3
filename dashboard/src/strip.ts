// The lines of a strip as SVG paths, over the columns of its grid. Pure.
import type { Drawn, Series } from "./lanes.ts";

/** Where a column and a value lie, in pixels. */
export interface Scale {
  x: (column: number) => number;
  y: (value: number) => number;
}

const at = (scale: Scale, column: number, value: number) => `${scale.x(column + 0.5).toFixed(1)} ${scale.y(value).toFixed(1)}`;

/** Runs of columns between gaps; what is joined over has no value of its own. */
function runs(drawn: Drawn): [number, number][][] {
  const out: [number, number][][] = [];
  let open: [number, number][] = [];
  drawn.forEach((value, column) => {
    if (typeof value === "number") open.push([column, value]);
    else if (value === null && open.length > 0) {
      out.push(open);
      open = [];
    }
  });
  return open.length > 0 ? [...out, open] : out;
}

export function lineOf(series: Series, scale: Scale): string {
  if (series.way === "points") return "";
  const steps = series.way === "steps";
  return runs(series.newest)
    .map((run) =>
      run.map(([column, value], index) => {
        if (index === 0) return `M${steps ? `${scale.x(column).toFixed(1)} ${scale.y(value).toFixed(1)}` : at(scale, column, value)}${steps ? `H${scale.x(column + 1).toFixed(1)}` : ""}`;
        return steps ? `V${scale.y(value).toFixed(1)}H${scale.x(column + 1).toFixed(1)}` : `L${at(scale, column, value)}`;
      }).join(""),
    )
    .join("");
}

/** From the least to the greatest, with the gaps of the line. */
export function bandOf(series: Series, scale: Scale): string {
  const least = new Map(runs(series.least).flat());
  return runs(series.greatest)
    .filter((run) => run.some(([column, value]) => least.get(column) !== value))
    .map((run) => `M${run.map(([column, value]) => at(scale, column, value)).join("L")}L${[...run].reverse().map(([column]) => at(scale, column, least.get(column)!)).join("L")}Z`)
    .join("");
}

const bases = [1, 2, 2.5, 5, 10];

/** Round values inside a range, at most so many. */
export function levelsOf([low, high]: [number, number], most: number): string[] {
  const rough = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (bases.find((base) => base * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (step / power === 2.5 ? 1 : 0));
  const out: string[] = [];
  for (let place = Math.ceil(low / step - 1e-9); place * step <= high + step * 1e-9; place++) out.push((place * step).toFixed(digits));
  return out;
}
