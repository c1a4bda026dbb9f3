// The unit as a whole: in which order its beds stand, and how much of it is current. Pure.
import type { BedView } from "./view.ts";
import type { SourceStatus } from "vigil-client/wire/vigil/v1/envelope_pb.ts";

export type BedOrder = "bed" | "urgent";

/** What nobody has comes before what somebody has, what is announced before what is silent, what is not known before what is well. */
export function orderBeds(views: BedView[], order: BedOrder): BedView[] {
  if (order === "bed") return views;
  const bounds = (view: BedView) =>
    view.total.kind === "complete" ? [view.total.points, view.total.points]
    : view.total.kind === "bounded" ? [view.total.lower, view.total.upper]
    : [0, 24];
  const rank = (view: BedView, place: number) => {
    const [lower, upper] = bounds(view);
    const held = view.holders.length > 0;
    return [
      view.occupied || view.technicalCount > 0 ? 0 : 1, held ? 0 : -view.topPriority, -view.topPriority, -view.technicalPriority, view.stale ? 0 : 1,
      -lower!, -upper!, place,
    ];
  };
  return views
    .map((view, place) => ({ view, rank: rank(view, place) }))
    .sort((a, b) => a.rank.map((value, index) => value - b.rank[index]!).find((difference) => difference !== 0) ?? 0)
    .map(({ view }) => view);
}

export interface WardSummary {
  beds: number;
  occupied: number;
  stale: number;
  sources: number;
  connected: number;
}

/** By which a reader may believe that nothing else is wrong: how much of the unit is current. */
export function summaryOf(views: BedView[], sources: SourceStatus[]): WardSummary {
  const occupied = views.filter((view) => view.occupied);
  return {
    beds: views.length,
    occupied: occupied.length,
    stale: occupied.filter((view) => view.stale).length,
    sources: sources.length,
    connected: sources.filter((source) => source.connected).length,
  };
}
