// Which part of a stay is looked at: zoom, movement along it, and the times written under it. Pure.

/** In milliseconds of UTC. */
export interface Span {
  from: number;
  to: number;
}

/** How much of the stay, and until when; without an end it follows the clock. */
export interface Look {
  length: number; // Infinity: the whole stay
  end: number | undefined;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const lengths = [10 * minute, hour, 6 * hour, day, 3 * day, Infinity];
export const startLook: Look = { length: day, end: undefined };
const least = minute;

/** Never before the stay and never after now: there is nothing to see, and emptiness would look like lost data. */
export function spanOf(look: Look, stay: Span): Span {
  const whole = Math.max(least, stay.to - stay.from);
  const length = Math.min(Math.max(look.length, least), whole);
  const to = Math.min(Math.max(look.end ?? stay.to, stay.from + length), Math.max(stay.to, stay.from + length));
  return { from: to - length, to };
}

const ending = (end: number, stay: Span): number | undefined => (end >= stay.to ? undefined : end);

/** Another length; `anchor` stays where it is on the screen. What follows the clock goes on following it. */
export function zoomTo(look: Look, length: number, anchor: number | undefined, stay: Span): Look {
  if (length === Infinity || length >= stay.to - stay.from) return { length: Infinity, end: undefined };
  const next = Math.max(least, length);
  if (anchor === undefined) return { length: next, end: look.end };
  const { from, to } = spanOf(look, stay);
  const share = (Math.min(Math.max(anchor, from), to) - from) / (to - from);
  return { length: next, end: ending(Math.max(anchor + next * (1 - share), stay.from + next), stay) };
}

export function zoomBy(look: Look, factor: number, anchor: number | undefined, stay: Span): Look {
  const { from, to } = spanOf(look, stay);
  return zoomTo(look, (to - from) * factor, anchor, stay);
}

/** Earlier or later by a share of what is seen. */
export function move(look: Look, share: number, stay: Span): Look {
  const { from, to } = spanOf(look, stay);
  return { length: look.length, end: ending(Math.max(to + share * (to - from), stay.from + (to - from)), stay) };
}

/** From one instant to another, in whichever order they were drawn. */
export function select(a: number, b: number, stay: Span): Look {
  const to = Math.max(a, b);
  const length = Math.max(least, Math.abs(b - a));
  return { length, end: ending(Math.max(to, stay.from + length), stay) };
}

/** Moves no more than needed to have an instant in sight, with some room beside it. */
export function keepIn(look: Look, at: number, stay: Span): Look {
  const { from, to } = spanOf(look, stay);
  if (at >= from && at <= to) return look;
  const room = (to - from) / 4;
  return { length: look.length, end: ending(at < from ? Math.max(at - room, stay.from) + (to - from) : at + room, stay) };
}

const steps = [1, 2, 5, 10, 15, 30].map((count) => count * minute).concat([1, 2, 3, 6, 12].map((count) => count * hour), [1, 2, 7, 14, 28, 56].map((count) => count * day));

/** Round times of the screen's zone; `zoneMinutes` as Date.getTimezoneOffset() gives it. */
export function ticksOf(span: Span, most: number, zoneMinutes: number): number[] {
  const step = steps.find((candidate) => (span.to - span.from) / candidate <= most) ?? steps[steps.length - 1]!;
  const zone = zoneMinutes * minute;
  const ticks: number[] = [];
  for (let at = Math.ceil((span.from - zone) / step) * step + zone; at <= span.to; at += step) ticks.push(at);
  return ticks;
}

/** Where an instant lies, 0 at the left and 1 at the right end. */
export const shareOf = (at: number, span: Span): number => (at - span.from) / (span.to - span.from);
export const timeAt = (share: number, span: Span): number => span.from + Math.min(1, Math.max(0, share)) * (span.to - span.from);
export const within = (at: number, span: Span): number => Math.min(Math.max(at, span.from), span.to);
