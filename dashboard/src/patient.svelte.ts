// What one patient's view has been told: lanes, scores over time, ended alerts, one moment. An answer that was overtaken by a newer
// question, or that is another patient's, is dropped.
import { columnsFrom, firstReading, type Grid } from "./lanes.ts";
import { getClosedAlerts, getLanes, getMoment, getTrend } from "./send.ts";
import type { Span } from "./span.ts";
import { text } from "./text.ts";
import type { Lanes, Moment, Trend } from "vigil-client/wire/gateway/page_pb.ts";
import type { Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";

const hour = 3_600_000;
const trendHoursMost = 24 * 14; // as far as the gateway goes back
export const trendDays = trendHoursMost / 24;
const longestStay = 400 * 24 * hour;
const probeColumns = 1200;
const settles = 180; // of a wheel or a slider that still moves, in milliseconds
const rests = 3000; // between two questions because of new data

/** Asks at once the first time, then not before things have settled; only the newest answer counts. */
class Question<Wanted> {
  busy = false; // an answer is on its way; asking again only because of new data would overtake it for ever
  private number = 0;
  private timer = 0;
  private readonly ask: (wanted: Wanted) => Promise<() => void>;
  private readonly failed: (reason: string) => void;

  constructor(ask: (wanted: Wanted) => Promise<() => void>, failed: (reason: string) => void) {
    this.ask = ask;
    this.failed = failed;
  }

  put(wanted: Wanted, after: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.send(wanted), after);
  }

  drop(): void {
    window.clearTimeout(this.timer);
    this.number++;
    this.busy = false;
  }

  private send(wanted: Wanted): void {
    const mine = ++this.number;
    this.busy = true;
    const end = (take: () => void) => {
      if (mine !== this.number) return;
      this.busy = false;
      take();
    };
    this.ask(wanted).then(end, (error: Error) => end(() => this.failed(error.message)));
  }
}

export interface Drawn {
  grid: Grid;
  lanes: Lanes;
  trend: Trend;
  closed: Alert[];
  asOf: number;
}

export interface Wanted {
  span: Span;
  now: number;
  columns: number;
  scores: string; // each changes when there is something new of it
  alerts: string;
  data: string;
}

export class Patient {
  begin = $state<number | undefined>(undefined); // of the stay
  empty = $state(false); // it has no reading yet
  drawn = $state.raw<Drawn | undefined>(undefined);
  lanesProblem = $state("");
  moment = $state.raw<Moment | undefined>(undefined);
  momentProblem = $state("");
  private beginAskedAt = -Infinity;
  private askedAt = -Infinity;
  private lookedBack = { at: undefined as number | undefined, askedAt: -Infinity };
  private asked = "";
  private history = { key: "", trend: undefined as Trend | undefined };
  private ended = { key: "", closed: [] as Alert[] };
  private readonly unit: string;
  private readonly bed: string;
  private readonly encounter: string;

  constructor(unit: string, bed: string, encounter: string) {
    this.unit = unit;
    this.bed = bed;
    this.encounter = encounter;
  }

  private readonly beginning = new Question<number>(
    async (now) => {
      const whole: Grid = { from: Math.max(0, now - longestStay), to: now, columns: probeColumns };
      const coarse = this.own(await getLanes(this.unit, this.bed, whole, probeColumns));
      const from = firstReading(coarse, whole);
      if (from === undefined) return () => (this.empty = true);
      const column = columnsFrom(from, now, (2 * longestStay) / probeColumns, probeColumns);
      const fine = this.own(await getLanes(this.unit, this.bed, column, probeColumns));
      return () => {
        this.begin = firstReading(fine, column) ?? from;
        this.empty = false;
        this.lanesProblem = "";
      };
    },
    (reason) => (this.lanesProblem = reason),
  );

  private readonly lanes = new Question<Wanted>(
    async ({ span, now, columns, scores, alerts }) => {
      const hours = Math.min(trendHoursMost, Math.ceil((now - span.from) / hour) + 1);
      const key = `${hours} ${scores}`;
      const [{ lanes, grid }, trend, closed] = await Promise.all([
        this.asFine(span, columns),
        this.history.key === key ? this.history.trend! : getTrend(this.unit, this.bed, hours),
        this.ended.key === alerts ? this.ended.closed : getClosedAlerts(),
      ]);
      this.own(trend);
      this.history = { key, trend };
      this.ended = { key: alerts, closed };
      return () => {
        // No newer score has been told: the last one holds until now.
        const until = BigInt(Math.max(Math.round(now), Number(trend.toMs)));
        this.drawn = { grid, lanes, trend: { ...trend, toMs: until }, closed, asOf: now };
        this.lanesProblem = "";
      };
    },
    (reason) => {
      this.lanesProblem = reason;
      this.asked = ""; // the next word of the feed asks again
    },
  );

  private readonly past = new Question<number>(
    async (at) => {
      const moment = this.own(await getMoment(this.unit, this.bed, at));
      return () => {
        this.moment = moment;
        this.momentProblem = "";
      };
    },
    (reason) => (this.momentProblem = reason),
  );

  /** A bed is a place: who lies in it may have changed while the answer was on its way. */
  private own<Told extends { encounter: string }>(told: Told): Told {
    if (told.encounter !== this.encounter) throw new Error(text.patient.otherPatient);
    return told;
  }

  /** As many columns as the screen has room for, or as many as one answer has room for. */
  private async asFine(span: Span, columns: number): Promise<{ lanes: Lanes; grid: Grid }> {
    try {
      return { lanes: this.own(await getLanes(this.unit, this.bed, span, columns)), grid: { ...span, columns } };
    } catch (error) {
      if (columns < 100 || (error as Error).message !== "too_many_columns") throw error;
      return this.asFine(span, Math.floor(columns / 2));
    }
  }

  lookForBegin(now: number): void {
    if (this.beginning.busy || performance.now() - this.beginAskedAt < rests) return;
    this.beginAskedAt = performance.now();
    this.beginning.put(now, 0);
  }

  /** `moved`: a person wants another part; else the feed may have said something new. */
  look(wanted: Wanted, moved: boolean): void {
    if (wanted.columns < 1) return;
    const asked = JSON.stringify([wanted.span, wanted.columns, wanted.scores, wanted.alerts, wanted.data]);
    if (asked === this.asked || (!moved && (this.lanes.busy || performance.now() - this.askedAt < rests))) return;
    this.lanes.put(wanted, this.askedAt === -Infinity || !moved ? 0 : settles);
    this.asked = asked;
    this.askedAt = performance.now();
  }

  lookBack(at: number | undefined): void {
    const moved = at !== this.lookedBack.at;
    if (!moved && (this.past.busy || performance.now() - this.lookedBack.askedAt < rests)) return;
    if (moved) this.momentProblem = "";
    this.lookedBack = { at, askedAt: performance.now() };
    if (at !== undefined) return this.past.put(at, settles);
    this.past.drop();
    this.moment = undefined;
  }

  leave(): void {
    this.beginning.drop();
    this.lanes.drop();
    this.past.drop();
  }
}
