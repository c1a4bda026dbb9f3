// What a client does with what it hears. No connection and no clock: the caller brings frames, answers and the time, opens and cuts the
// stream as it is told here, asks the questions it finds here, and hands on what is put into the outbox.
import type { Event, Reason } from "./events.ts";
import { Follow, placeOf, type Place } from "./follow.ts";
import { Lag } from "./lag.ts";
import type { Outbox } from "./outbox.ts";
import { readAlert, readBed, readClock, readSource, readWall } from "./read.ts";
import type { Frame } from "./stream.ts";
import { Told } from "./told.ts";
import { Clock_Feed, type AlertRevisions, type Clock, type Wall } from "./wire/gateway/page_pb.ts";

const askEveryMs = 500;
const retryMs = 1000;
const triesMost = 60; // without an answer that brings it further
const auditEveryMs = 10_000; // asked without need: what was told needs no longer be remembered
const lagChecks = 3; // so many digests in a row
const lagRestMs = 30_000; // a network that is too slow is not cured by asking it for more

export interface Limits {
  lostAfterMs: number;
  cutAfterMs: number;
  maxLagMs: number;
  queue: number;
  everyRevision: boolean;
}

type Phase = "opening" | "following" | "paused"; // paused: the user does not come

export class Session {
  protected follow = new Follow();
  protected told = new Told();
  /** The stream is to be opened anew; the caller clears it. */
  reopen = false;
  unreadable = 0;
  repairs = 0;
  resynchronisations = 0;
  private phase: Phase = "opening";
  private lag = new Lag();
  private begun = false;
  private reason: Reason = "started";
  private epoch = 0n;
  private heardMs: bigint | undefined;
  private provedAt: number;
  private heardAt: number;
  private isLost = false;
  private cutBy: string | undefined;
  private dropped = false; // events that the user never took
  private lagging = 0;
  private lagRestUntil = 0;
  private wantedSeq = 0n; // alert revisions up to here are asked for
  private newestSeq = 0n;
  private asked = false;
  private askAfter = 0;
  private auditAt = 0;
  private tries = 0;
  private fetched = 0;
  private readonly outbox: Outbox;
  private readonly limits: Limits;

  constructor(outbox: Outbox, limits: Limits, now: number) {
    this.outbox = outbox;
    this.limits = limits;
    this.provedAt = this.heardAt = now;
  }

  // ---- what the caller brings

  opened(): void {
    this.follow.begin();
  }

  /** Something arrived, be it nothing to be read. */
  came(now: number): void {
    this.heardAt = now;
    this.cutBy = undefined;
  }

  heard(frame: Frame, now: number): void {
    const place = placeOf(frame.id);
    try {
      if (place === undefined) throw new Error(`${frame.id}: no place in a stream`);
      this.take(frame, place, now);
    } catch {
      this.unreadable++;
      this.begin("gap"); // what it said is missing
    }
  }

  /** The stream has ended, or could not be opened. */
  cut(why: string): void {
    this.cutBy = why;
    if (this.phase === "following") this.begin("gap");
    this.reopen = false;
  }

  userCame(): void {
    if (this.phase === "paused") this.begin("too slow");
  }

  /** Answers for how many milliseconds nothing has to be looked at. */
  tick(now: number): number {
    if (this.outbox.expired(now)) this.phase = "paused";
    const patience = this.cutBy === undefined ? this.limits.lostAfterMs : Math.min(this.limits.cutAfterMs, this.limits.lostAfterMs);
    const left = this.provedAt + patience - now;
    if (this.isLost || left > 0) return this.isLost ? 250 : Math.min(250, left + 1);
    this.isLost = true;
    this.put({ kind: "lost", why: this.whyLost(now), forS: (now - this.provedAt) / 1000 }, now);
    return 250;
  }

  /** After which journal sequence the revisions of alerts are to be asked for now, once. */
  question(now: number): bigint | undefined {
    if (!this.limits.everyRevision || !this.begun || this.phase !== "following" || this.asked || now < this.askAfter) return undefined;
    if (now > this.auditAt) this.wantedSeq = this.newestSeq;
    if (this.wantedSeq <= this.told.safeSeq) return undefined;
    this.asked = true;
    this.auditAt = now + auditEveryMs;
    return this.told.safeSeq;
  }

  /** The answer to the last question, or undefined: it did not come. */
  answered(answer: AlertRevisions | undefined, now: number): void {
    this.asked = false;
    this.askAfter = now + (answer === undefined ? retryMs : askEveryMs);
    if (this.phase !== "following" || !this.begun) return;
    const before = this.told.safeSeq;
    if (answer !== undefined && answer.forgottenTo > before) this.miss(answer.forgottenTo, "the gateway no longer keeps them", now);
    const news = answer === undefined ? [] : this.told.replayed(answer);
    const moved = this.told.safeSeq > before;
    for (const alert of news) this.put({ kind: "update", what: "alert", alert, replayed: true }, now, before);
    this.fetched += news.length;
    this.tries = moved ? 0 : this.tries + 1;
    if (moved && answer?.more) this.askAfter = now;
    if (this.told.safeSeq >= this.wantedSeq) this.fetched = 0;
    else if (this.fetched > this.limits.queue) this.miss(this.wantedSeq, "more than are fetched", now);
    else if (this.tries > triesMost) this.miss(this.wantedSeq, "the gateway does not have them", now);
  }

  // ---- hearing

  private take(frame: Frame, place: Place, now: number): void {
    if (this.phase === "paused") {
      if (frame.event === "clock") this.hearClock(readClock(frame.data), now);
      return;
    }
    if (this.reopen) return; // the rest of a stream that is given up
    const isState = frame.event === "snapshot" || frame.event === "resync";
    switch (this.follow.frame(isState, place.version)) {
      case "state":
        return this.takeState(readWall(frame.data), frame.event, place, now);
      case "news":
      case "beside":
        // How the gateway itself stands can be told before there is a state.
        return this.phase === "following" || frame.event === "clock" ? this.takeUpdate(frame, place, now) : undefined;
      case "hole":
        return this.begin("gap");
      case "known":
        return undefined;
    }
  }

  private takeState(wall: Wall, event: string, { epoch, seq }: Place, now: number): void {
    if (epoch === 0n) return this.takeClock(wall.clock, now); // nothing of vigild was heard yet: no beds is not an empty ward
    const again = this.phase === "following";
    if (this.begun) this.reason = epoch !== this.epoch ? "restarted" : event === "resync" ? "too slow" : again ? "refreshed" : this.reason;
    this.outbox.restart();
    this.phase = "following";
    this.epoch = epoch;
    this.resynchronisations++;
    const anotherJournal = this.begun && seq < this.told.safeSeq;
    const { takenSeq } = this.outbox; // not what was told: that was dropped
    this.put({ kind: "resynchronised", reason: this.reason, wall, epoch, seq }, now, takenSeq);
    if (this.limits.everyRevision && (anotherJournal || this.dropped)) {
      this.put({ kind: "missed", after: takenSeq < seq ? takenSeq : 0n, to: seq, why: anotherJournal ? "the journal is another one" : "you were too slow" }, now, takenSeq);
    }
    if (!this.begun || anotherJournal || this.dropped) this.told.begin(wall.alerts, seq);
    else this.told.stands(wall.alerts);
    this.begun = true;
    this.dropped = false;
    this.newestSeq = this.wantedSeq = seq;
    this.askAfter = now;
    this.tries = this.fetched = 0;
    if (wall.clock !== undefined) this.hearClock(wall.clock, now);
  }

  private takeUpdate(frame: Frame, { seq }: Place, now: number): void {
    if (seq > this.newestSeq) this.newestSeq = seq;
    const { data } = frame;
    switch (frame.event) {
      case "bed":
        return this.put({ kind: "update", what: "bed", bed: readBed(data), replayed: false }, now);
      case "source":
        return this.put({ kind: "update", what: "source", source: readSource(data), replayed: false }, now);
      case "alert": {
        const alert = readAlert(data);
        const heard = this.limits.everyRevision ? this.told.message(alert) : "news";
        if (heard === "jump" && this.wantedSeq < seq) {
          this.wantedSeq = seq;
          this.repairs++;
        }
        return heard === "known" ? undefined : this.put({ kind: "update", what: "alert", alert, replayed: false }, now);
      }
      case "clock":
        return this.takeClock(readClock(data), now);
    } // what this client does not know is passed over: a newer gateway may say more
  }

  private takeClock(clock: Clock | undefined, now: number): void {
    if (clock === undefined) return;
    this.put({ kind: "update", what: "clock", clock, replayed: false }, now);
    this.hearClock(clock, now);
  }

  /** Each digest of vigild that the gateway heard is told here at once, by its own clock. */
  private hearClock(clock: Clock, now: number): void {
    if (clock.heardMs === undefined || clock.heardMs === this.heardMs) return;
    this.heardMs = clock.heardMs;
    this.lag.heard(Number(clock.heardMs), now);
    this.lagging = this.late() ? this.lagging + 1 : 0;
    if (this.lagging >= lagChecks && now > this.lagRestUntil && this.phase === "following") {
      this.lagRestUntil = now + lagRestMs;
      this.begin("lag");
    } else if (clock.feed === Clock_Feed.LIVE && !this.late() && this.phase !== "opening") {
      this.prove(now);
    }
  }

  /** The state is asked for anew, on a new connection. */
  private begin(reason: Reason): void {
    if (this.phase === "paused") this.dropped = true;
    if (this.begun) this.reason = reason;
    this.phase = "opening";
    this.reopen = true;
  }

  private miss(to: bigint, why: string, now: number): void {
    this.put({ kind: "missed", after: this.told.safeSeq, to, why }, now);
    this.told.skipTo(to);
    this.fetched = this.tries = 0;
  }

  private put(event: Event, now: number, safeSeq = this.told.safeSeq): void {
    if (!this.outbox.put(event, safeSeq, now)) this.phase = "paused";
  }

  // ---- is it the present

  private prove(now: number): void {
    this.provedAt = now;
    if (!this.isLost) return;
    this.isLost = false;
    this.put({ kind: "back" }, now);
  }

  private late(): boolean {
    return this.lag.nowMs > this.limits.maxLagMs;
  }

  private whyLost(now: number): string {
    if (this.cutBy !== undefined) return this.cutBy;
    if (now - this.heardAt > this.limits.lostAfterMs) return "the gateway says nothing";
    if (this.late()) return `the feed is ${Math.round(this.lag.nowMs / 1000)} s late`;
    return this.phase === "following" ? "no heartbeat of vigild" : "the state cannot be had yet";
  }
}
