// How many tiles of which density fill a wall, so that every bed of a unit is on one screen. Pure.

/** From everything to what must never be missing: bed, alarm, score, organs, ARDS, support, time. */
export type Density = "full" | "medium" | "small" | "tiny";

export interface WallLayout {
  columns: number;
  rows: number;
  density: Density;
  side: boolean; // the alert list stands beside the wall
  scrolls: boolean; // a screen too small for even the densest tiles
}

const least: [Density, number, number][] = [
  ["full", 250, 222],
  ["medium", 206, 164],
  ["small", 128, 124],
  ["tiny", 96, 102],
];
export const gaps: Record<Density, number> = { full: 8, medium: 7, small: 6, tiny: 5 };
const wider = 1.15; // a tile is best a little wider than high
const sideLeast = 900; // below it there is no beside

function densityOf(width: number, height: number): Density | undefined {
  return least.find(([, w, h]) => width >= w && height >= h)?.[0];
}

/** The columns that leave each tile the most room. */
function gridOf(count: number, width: number, height: number): { columns: number; rows: number; density: Density | undefined } {
  let best = { columns: 1, rows: Math.max(1, count), room: -1 };
  for (let columns = 1; columns <= Math.max(1, count); columns++) {
    const rows = Math.ceil(Math.max(1, count) / columns);
    const room = Math.min(width / columns / wider, height / rows);
    if (room > best.room) best = { columns, rows, room };
  }
  const { columns, rows } = best;
  const inside = (gap: number) => densityOf((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows);
  const roomy = inside(gaps.full);
  return { columns, rows, density: roomy ?? inside(gaps.tiny) };
}

/** `width` is of wall and alert list together, `side` what the list and the space before it would take. */
export function layoutOf(count: number, width: number, height: number, side: number): WallLayout {
  const beside = gridOf(count, width - side, height);
  const alone = gridOf(count, width, height);
  const hasSide = width >= sideLeast && beside.density !== undefined && (beside.density !== "tiny" || alone.density === "tiny");
  const { columns, rows, density } = hasSide ? beside : alone;
  return { columns, rows, density: density ?? "tiny", side: hasSide, scrolls: density === undefined };
}
