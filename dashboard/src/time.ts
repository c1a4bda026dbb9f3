// Times of the page. All come as milliseconds of UTC and are shown in the zone of the screen.

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const secondFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const fullFormat = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", year: "numeric",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

/** A count of milliseconds fits a double exactly; sequence numbers need not, and never come through here. */
export function milliseconds(value: bigint): number {
  return Number(value);
}

/** The time, with the day once it is not today's. */
export function timeOf(at: number, now: number | undefined): string {
  const clock = clockFormat.format(at);
  const sameDay = now !== undefined && dayFormat.format(at) === dayFormat.format(now);
  return sameDay ? clock : `${dayFormat.format(at)} ${clock}`;
}

export function timeWithSeconds(at: number): string {
  return secondFormat.format(at);
}

export function fullTime(at: number): string {
  return fullFormat.format(at);
}

export function ageOf(milliseconds: number): string {
  const age = Math.max(0, milliseconds);
  if (age < minute) return "under 1 min";
  if (age < hour) return `${Math.floor(age / minute)} min`;
  if (age < 2 * day) {
    const minutes = Math.floor((age % hour) / minute);
    return minutes === 0 ? `${Math.floor(age / hour)} h` : `${Math.floor(age / hour)} h ${minutes} min`;
  }
  return `${Math.floor(age / day)} d`;
}
