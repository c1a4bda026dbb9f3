// Times of the page. All come as milliseconds of UTC and are shown in the zone of the screen.
import { text } from "./text.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

// Put together from the words of the catalogue: the browser's own formats cost more to make than a ward to draw.
const monthDay = (at: Date): string => `${text.weekdays[at.getDay()]} ${at.getDate()} ${text.months[at.getMonth()]}`;
const two = (count: number): string => String(count).padStart(2, "0");

/** A count of milliseconds fits a double exactly; sequence numbers need not, and never come through here. */
export function milliseconds(value: bigint): number {
  return Number(value);
}

/** The time, with the day once it is not today's. */
export function timeOf(at: number, now: number | undefined): string {
  const clock = clockTime(at);
  const sameDay = now !== undefined && new Date(at).toDateString() === new Date(now).toDateString();
  return sameDay ? clock : `${monthDay(new Date(at))} ${clock}`;
}

export function timeWithSeconds(at: number): string {
  return `${clockTime(at)}:${two(new Date(at).getSeconds())}`;
}

export function fullTime(at: number): string {
  const day = new Date(at);
  return `${monthDay(day)} ${day.getFullYear()}, ${timeWithSeconds(at)}`;
}

export function clockTime(at: number): string {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** Under an axis: the day where one begins, else the time. */
export function tickOf(at: number): string {
  const clock = clockTime(at);
  const day = new Date(at);
  return clock === "00:00" ? `${text.weekdays[day.getDay()]} ${day.getDate()}` : clock;
}

/** As a field for date and time takes it, in the zone of the screen. */
export function fieldTime(at: number): string {
  return new Date(at - new Date(at).getTimezoneOffset() * minute).toISOString().slice(0, 19);
}

export function ageOf(milliseconds: number): string {
  const age = Math.max(0, milliseconds);
  const hours = Math.floor(age / hour);
  if (age < minute) return text.age.moments;
  if (age < hour) return text.age.minutes(Math.floor(age / minute));
  if (age < 2 * day) return text.age.hours(hours, Math.floor((age % hour) / minute));
  return text.age.days(Math.floor(age / day));
}

/** Whole units, rounded down: for a small tile. */
export function shortAgeOf(milliseconds: number): string {
  const age = Math.max(0, milliseconds);
  if (age < hour) return text.age.minutes(Math.floor(age / minute));
  if (age < 2 * day) return text.age.hours(Math.floor(age / hour), 0);
  return text.age.days(Math.floor(age / day));
}
