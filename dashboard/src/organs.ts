// The points of the organs over time, piled up: what is known as a pile, and on it, hatched, what the missing ones could add. Pure.
import type { Span } from "./span.ts";
import { milliseconds } from "./time.ts";
import type { Trend, TrendPoint } from "vigil-client/wire/gateway/page_pb.ts";

export interface OrganStep extends Span {
  points: number | undefined; // undefined: not measured, and never 0
}

export interface PileLayer extends Span {
  part: string;
  bottom: number;
  top: number;
}

export interface Pile {
  layers: PileLayer[]; // only of what was measured, and more than 0
  open: PileLayer[]; // from what is certain to what would be the most
  unknown: Span[]; // nothing was measured at all
}

/** Each point holds until the next; the last one until the end of what was asked for. */
function stretches(trend: Trend, span: Span): (Span & { point: TrendPoint })[] {
  return trend.points.flatMap((point, index) => {
    const next = trend.points[index + 1];
    const from = Math.max(milliseconds(point.atMs), span.from, milliseconds(trend.fromMs));
    const to = Math.min(next === undefined ? milliseconds(trend.toMs) : milliseconds(next.atMs), span.to);
    return to > from ? [{ from, to, point }] : [];
  });
}

/** Neighbours of the same height are one; `last` has the newest of every layer. */
function put(list: PileLayer[], last: Map<string, PileLayer>, layer: PileLayer): void {
  const before = last.get(layer.part);
  if (before !== undefined && before.to === layer.from && before.bottom === layer.bottom && before.top === layer.top) before.to = layer.to;
  else {
    list.push(layer);
    last.set(layer.part, layer);
  }
}

export const organNames = (trend: Trend): string[] => [...new Set(trend.points.flatMap((point) => point.parts.map((part) => part.part)))].filter((part) => part !== "total");

const pointsOf = (point: TrendPoint, part: string): number | undefined => point.parts.find((candidate) => candidate.part === part)?.points;

/** One organ alone; neighbours that say the same are one step. */
export function stepsOf(trend: Trend, part: string, span: Span): OrganStep[] {
  const out: OrganStep[] = [];
  for (const { from, to, point } of stretches(trend, span)) {
    const points = pointsOf(point, part);
    const last = out.at(-1);
    if (last !== undefined && last.points === points && last.to === from) last.to = to;
    else out.push({ from, to, points });
  }
  return out;
}

export function pileOf(trend: Trend, span: Span): Pile {
  const pile: Pile = { layers: [], open: [], unknown: [] };
  const names = organNames(trend);
  const last = new Map<string, PileLayer>();
  const lastOpen = new Map<string, PileLayer>();
  for (const { from, to, point } of stretches(trend, span)) {
    if (point.points === undefined) {
      pile.unknown.push({ from, to });
      continue;
    }
    let top = 0;
    for (const part of names) {
      const points = pointsOf(point, part);
      if (points === undefined || points === 0) continue;
      put(pile.layers, last, { part, from, to, bottom: top, top: top + points });
      top += points;
    }
    if (point.upper > top) put(pile.open, lastOpen, { part: "", from, to, bottom: top, top: point.upper });
  }
  return pile;
}

export interface OrgansAt {
  point: TrendPoint;
  parts: { part: string; points: number | undefined }[];
}

export function organsAt(trend: Trend, at: number): OrgansAt | undefined {
  const point = at > milliseconds(trend.toMs) ? undefined : trend.points.findLast((candidate) => milliseconds(candidate.atMs) <= at);
  if (point === undefined) return undefined;
  return { point, parts: organNames(trend).map((part) => ({ part, points: pointsOf(point, part) })) };
}
