// Readings of a stay as lanes: which signals stand together, what is drawn of each, and what is read at the cursor. Pure.
//
// When two readings may be joined: within their neighbouring columns, because nothing shorter than a column can be seen; and for
// as long as a reading stands as the current one (max_age of config/vocabulary.tsv), because so long the wards themselves take it
// for true. Across anything longer the line has a gap. Laboratory and charted values are points and are never joined.
import { decimalText } from "./decimal.ts";
import type { Span } from "./span.ts";
import { milliseconds } from "./time.ts";
import { signals } from "./wire/signals.ts";
import type { Lanes } from "vigil-client/wire/gateway/page_pb.ts";
import type { Lane, LaneColumn } from "vigil-client/wire/vigil/v1/query_pb.ts";

export type Way = "line" | "steps" | "points";

export interface Grid extends Span {
  columns: number;
}

/** undefined: nothing there, joined over. null: nothing there, and a gap. */
export type Drawn = (number | null | undefined)[];

export interface Series {
  signal: string;
  unit: string;
  way: Way;
  newest: Drawn;
  least: Drawn;
  greatest: Drawn;
  alone: number[]; // columns that no line reaches
  lane: Lane;
  before: LaneColumn | undefined; // what stood when the grid began
}

export interface Strip {
  id: string;
  series: Series[];
  range: [number, number];
}

export interface LaneGroup {
  id: LaneId;
  strips: Strip[];
}

export type LaneId = "vitals" | "ventilator" | "infusions" | "labs" | "charted";

const vitals = [["hr", "pulse"], ["map", "sbp", "dbp"], ["nibp_map", "nibp_sbp", "nibp_dbp"], ["spo2"], ["rr", "rr_total", "rr_spont"], ["etco2"], ["cvp"], ["temp"], ["pi"]];
const ventilator = [
  ["fio2_set", "fio2"], ["peep_set", "peep", "peep_total", "peep_intrinsic"], ["pplat", "ppeak", "pmean"], ["vt_set", "vt"], ["rr_set"], ["ve"], ["crs"], ["o2_flow"], ["pf_device"],
];
/** A quiet line looks quiet: these at the least are on the scale, and more where readings ask for it. */
const usual: Record<string, [number, number]> = {
  hr: [40, 140], map: [40, 160], nibp_map: [40, 160], spo2: [80, 100], rr: [0, 40], etco2: [0, 60], cvp: [0, 20], temp: [35, 40], pi: [0, 5],
  fio2_set: [20, 100], fio2: [20, 100], peep_set: [0, 20], pplat: [0, 40], vt_set: [0, 800], rr_set: [0, 40], ve: [0, 20], crs: [0, 80], o2_flow: [0, 15], pf_device: [0, 500],
  gcs_total: [3, 15], rass: [-5, 4], ph: [7.1, 7.6], uo: [0, 200],
};

const ways: Record<string, Way> = { monitor: "line", setting: "steps", infusion: "steps" };
const vocabulary = new Map(
  Object.entries(signals).flatMap(([said, ids]) => {
    const [kind, stands] = said.split(" ");
    return ids.split(" ").map((id) => [id, { kind: kind!, stands: Number(stands) || Infinity }] as const);
  }),
);
/** What the vocabulary does not know is a point that nothing rests on. */
export const kindOf = (signal: string): string => vocabulary.get(signal)?.kind ?? "charted";
/** How long a reading stands, in milliseconds. */
export const standsFor = (signal: string): number => vocabulary.get(signal)?.stands ?? 0;
export const wayOf = (signal: string): Way => ways[kindOf(signal)] ?? "points";

const widthOf = (grid: Grid) => (grid.to - grid.from) / grid.columns;
export const columnAt = (at: number, grid: Grid): number => Math.floor((at - grid.from) / widthOf(grid));
export const middles = (grid: Grid): number[] => Array.from({ length: grid.columns }, (_, index) => grid.from + (index + 0.5) * widthOf(grid));

const numberOf = (mantissa: bigint, scale: number): number => Number(mantissa) / 10 ** scale; // to be drawn; what is read is exact

interface Placed {
  index: number;
  at: number;
  column: LaneColumn;
}

/** Of what holds until it is changed the gateway says first what stood when the grid began, with its own time. */
export const stoodBefore = (lane: Lane, span: Span): LaneColumn | undefined => lane.columns.findLast((column) => milliseconds(column.atMs) < span.from);

/** Readings by column, those outside the grid left out; of two in one column the newest speaks. */
function placed(lane: Lane, grid: Grid): Placed[] {
  const out: Placed[] = [];
  for (const column of lane.columns) {
    const at = milliseconds(column.atMs);
    if (at < grid.from || at > grid.to) continue;
    const index = Math.min(grid.columns - 1, columnAt(at, grid));
    if (out.at(-1)?.index === index) out.pop();
    out.push({ index, at, column });
  }
  return out;
}

/** As many digits as it has: the gateway fills up with zeros. */
const digitsOf = (mantissa: bigint, scale: number): string => {
  const said = decimalText(mantissa, scale);
  return scale === 0 ? said : said.replace(/\.?0+$/, "");
};

const isWord = (column: LaneColumn): boolean => column.coded !== "";

export function seriesOf(lane: Lane, grid: Grid): Series {
  const before = stoodBefore(lane, grid);
  const way = wayOf(lane.signal);
  const stands = standsFor(lane.signal);
  const empty = (): Drawn => new Array<number | null>(grid.columns).fill(null);
  const out: Series = { signal: lane.signal, unit: lane.unit, way, newest: empty(), least: empty(), greatest: empty(), alone: [], lane, before };
  const put = (index: number, column: LaneColumn) => {
    out.newest[index] = numberOf(column.newest, lane.scale);
    out.least[index] = numberOf(column.least, lane.scale);
    out.greatest[index] = numberOf(column.greatest, lane.scale);
  };
  const join = (from: number, to: number) => {
    for (const drawn of [out.newest, out.least, out.greatest]) drawn.fill(undefined, from, to);
  };
  const hold = (index: number, until: number, at: number, column: LaneColumn) => {
    const value = numberOf(column.newest, lane.scale);
    const last = Math.min(until - 1, stands === Infinity ? grid.columns - 1 : columnAt(at + stands, grid));
    for (let place = index; place <= last; place++) out.newest[place] = out.least[place] = out.greatest[place] = value;
  };
  const readings = placed(lane, grid);
  if (way === "steps" && before !== undefined && !isWord(before)) hold(0, readings[0]?.index ?? grid.columns, milliseconds(before.atMs), before);
  readings.forEach((reading, place) => {
    if (isWord(reading.column)) return; // a word ends what was drawn
    const next = readings[place + 1];
    const last = readings[place - 1];
    const reaches = (a: Placed, b: Placed) => !isWord(a.column) && !isWord(b.column) && (b.index - a.index <= 1 || b.at - a.at <= stands);
    if (way === "steps") hold(reading.index, next?.index ?? grid.columns, reading.at, reading.column);
    put(reading.index, reading.column);
    const goesOn = way === "line" && next !== undefined && reaches(reading, next);
    if (goesOn) join(reading.index + 1, next.index);
    if (way === "points" || (way === "line" && !goesOn && (last === undefined || !reaches(last, reading)))) out.alone.push(reading.index);
  });
  return out;
}

/** Without numbers there is nothing to draw: a signal of words is told as events. */
export const hasNumbers = (series: Series): boolean => series.newest.some((value) => typeof value === "number");

function rangeOf(id: string, series: Series[]): [number, number] {
  const values = series.flatMap((one) => [...one.least, ...one.greatest]).filter((value) => typeof value === "number");
  const low = values.reduce((left, right) => Math.min(left, right), Infinity);
  const high = values.reduce((left, right) => Math.max(left, right), -Infinity);
  const scale = usual[id];
  if (scale !== undefined) return [Math.min(scale[0], low), Math.max(scale[1], high)];
  if (kindOf(id) === "infusion") return [0, high > 0 ? high * 1.15 : 1];
  const room = Math.max((high - low) * 0.2, Math.abs(high) * 0.15, 0.1);
  return [low >= 0 ? Math.max(0, low - room) : low - room, high + room];
}

function stripOf(ids: string[], byId: Map<string, Series>): Strip[] {
  const series = ids.map((id) => byId.get(id)).filter((one) => one !== undefined);
  for (const { signal } of series) byId.delete(signal);
  const first = series[0];
  return first === undefined ? [] : [{ id: first.signal, series, range: rangeOf(ids[0]!, series) }];
}

const kinds: Record<string, LaneId> = { infusion: "infusions", laboratory: "labs", monitor: "vitals", setting: "ventilator" };

/** Every signal that has numbers is in a lane, and every lane that is left has a strip. */
export function lanesOf(lanes: Lanes, grid: Grid): LaneGroup[] {
  const byId = new Map(
    lanes.lanes
      .filter((lane) => kindOf(lane.signal) !== "derived")
      .map((lane) => [lane.signal, seriesOf(lane, grid)] as const)
      .filter(([, series]) => hasNumbers(series)),
  );
  const groups: Record<LaneId, Strip[]> = {
    vitals: vitals.flatMap((ids) => stripOf(ids, byId)),
    ventilator: ventilator.flatMap((ids) => stripOf(ids, byId)),
    infusions: [],
    labs: [],
    charted: [],
  };
  // Of one kind in the order of the vocabulary; what it does not know comes last.
  for (const id of [...vocabulary.keys(), ...byId.keys()]) groups[kinds[kindOf(id)] ?? "charted"].push(...stripOf([id], byId));
  return (Object.keys(groups) as LaneId[]).map((id) => ({ id, strips: groups[id] })).filter((group) => group.strips.length > 0);
}

export interface Readout {
  value: string; // empty: nothing stands there
  bounds: string; // of several readings in one column
  at: number | undefined;
}

/** What stands at an instant: the newest reading before it for as long as it stands, else what its column has. Digit for digit. */
export function readoutAt(series: Series, at: number, grid: Grid): Readout {
  const { lane, before, signal } = series;
  const index = Math.min(grid.columns - 1, Math.max(0, columnAt(at, grid)));
  const readings = placed(lane, grid);
  const here = readings.find((reading) => reading.index === index)?.column;
  const earlier = readings.findLast((reading) => reading.at <= at)?.column ?? before;
  const isStanding = earlier !== undefined && at - milliseconds(earlier.atMs) <= Math.max(standsFor(signal), widthOf(grid));
  const column = isStanding ? earlier : (here ?? earlier);
  if (column === undefined) return { value: "", bounds: "", at: undefined };
  const when = milliseconds(column.atMs);
  const stands = isStanding || here !== undefined;
  if (!stands) return { value: "", bounds: "", at: when };
  if (isWord(column)) return { value: column.coded, bounds: "", at: when };
  const bounds = column.least === column.greatest ? "" : `${digitsOf(column.least, lane.scale)}–${digitsOf(column.greatest, lane.scale)}`;
  return { value: digitsOf(column.newest, lane.scale), bounds, at: when };
}

/** A grid over `length` that ends now at the latest. It is never empty: the first reading of a stay may be the newest word of the feed. */
export const columnsFrom = (from: number, now: number, length: number, columns: number): Grid => ({ from, to: Math.max(from + 1, Math.min(now, from + length)), columns });

/** Not after the first reading of a stay, and at most a column before it: twice asked, it is found to the minute. */
export function firstReading(lanes: Lanes, grid: Grid): number | undefined {
  const first = lanes.lanes.flatMap((lane) => lane.columns.map((column) => milliseconds(column.atMs))).reduce((left, right) => Math.min(left, right), Infinity);
  return first === Infinity ? undefined : Math.max(grid.from, grid.from + columnAt(first, grid) * widthOf(grid));
}
