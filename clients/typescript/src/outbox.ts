// What waits for the user: bounded in number and in age, so that a slow user holds up nobody and never reads the past unaware.
import type { Event, Lost } from "./events.ts";

/** `safeSeq`: once this was taken, so was every alert revision journaled up to there. */
interface Waiting {
  at: number;
  event: Event;
  safeSeq: bigint;
}

export class Outbox {
  private waiting: Waiting[] = [];
  private head = 0;
  private taker: ((event: Event | undefined) => void) | undefined;
  private overflowed = false;
  private isLost: Lost | undefined;
  private toldLost = false; // to the user, who took it
  private closed: Error | undefined;
  /** Every alert revision journaled up to it has been taken. */
  takenSeq = 0n;
  private readonly places: number;
  private readonly maxAgeMs: number;
  private readonly userCame: () => void;

  constructor(places: number, maxAgeMs: number, userCame: () => void) {
    this.places = places;
    this.maxAgeMs = maxAgeMs;
    this.userCame = userCame;
  }

  /** False: there was no room, or what waits is too old. Everything that waited is dropped until `restart`. */
  put(event: Event, safeSeq: bigint, now: number): boolean {
    if (event.kind === "lost") this.isLost = event;
    if (event.kind === "back") this.isLost = undefined;
    if (this.overflowed) {
      this.serve();
      return event.kind === "lost" || event.kind === "back";
    }
    const first = this.waiting.length === this.head;
    this.waiting.push({ at: now, event, safeSeq });
    // What was said of it meanwhile was dropped.
    if (event.kind === "resynchronised" && first && this.toldLost && this.isLost === undefined) this.waiting.push({ at: now, event: { kind: "back" }, safeSeq });
    if (this.waiting.length - this.head > this.places || this.expired(now)) {
      this.overflow();
      return false;
    }
    this.serve();
    return true;
  }

  /** What waits has become too old, and was dropped. */
  expired(now: number): boolean {
    const oldest = this.waiting[this.head];
    if (this.overflowed || oldest === undefined || now - oldest.at <= this.maxAgeMs) return false;
    this.overflow();
    return true;
  }

  /** What follows is the new state. */
  restart(): void {
    this.overflowed = false;
  }

  close(error: Error): void {
    this.closed ??= error;
    this.serve();
  }

  /** The next event; undefined when there was none in time. Fails with what closed it once nothing waits any more. */
  take(seconds?: number): Promise<Event | undefined> {
    if (this.taker !== undefined) return Promise.reject(new Error("somebody waits already: one user takes the events"));
    if (this.overflowed) this.userCame();
    return new Promise((resolve, reject) => {
      const timer = seconds === undefined ? undefined : setTimeout(() => this.taker?.(undefined), seconds * 1000);
      this.taker = (event) => {
        clearTimeout(timer);
        this.taker = undefined;
        if (event === undefined && this.closed !== undefined) reject(this.closed);
        else resolve(event);
      };
      this.serve();
    });
  }

  private serve(): void {
    if (this.taker === undefined) return;
    const next = this.next();
    if (next !== undefined || this.closed !== undefined) this.taker(next);
    else if (this.overflowed) this.userCame(); // also for a user who waits here already
  }

  private next(): Event | undefined {
    const first = this.waiting[this.head];
    if (first === undefined) {
      // That it is lost is told even while nothing else can be.
      if (!this.overflowed || this.isLost === undefined || this.toldLost) return undefined;
      this.toldLost = true;
      return this.isLost;
    }
    if (++this.head > 1000) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
    this.takenSeq = first.safeSeq;
    if (first.event.kind === "lost") this.toldLost = true;
    if (first.event.kind === "back") this.toldLost = false;
    return first.event;
  }

  private overflow(): void {
    this.overflowed = true;
    this.waiting = [];
    this.head = 0;
  }
}
