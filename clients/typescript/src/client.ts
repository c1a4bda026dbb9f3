// The client: a stream that is opened as often as it takes, and the events for the user.
import type { Event } from "./events.ts";
import { Outbox } from "./outbox.ts";
import { readRevisions } from "./read.ts";
import { Session, type Limits } from "./session.ts";
import { framesOf, Refused, type Frame } from "./stream.ts";

const retryMs = 250; // doubled with each failure
const retryMostMs = 2000;
const steadyMs = 10_000; // followed for so long: the next failure is a first one
const silentMs = 5000; // a connection that brings nothing for so long is given up

/** The client was closed; no more events come. */
export class Closed extends Error {}

export interface Options {
  /** Sent with every request; outside of a browser also `Cookie`. In a browser the cookies of the page's own origin go by themselves. */
  headers?: Record<string, string>;
  /** So many events wait for the user at most. */
  queue?: number;
  /** And none longer than this; what reaches this program later is not the present. */
  maxLagS?: number;
  /** Without proof that it is the present for so long, it is lost. */
  lostAfterS?: number;
  /** And for so long where the connection is known to be cut. */
  cutAfterS?: number;
  /** "latest": who only draws what stands now needs not be told what was overtaken. */
  revisions?: "every" | "latest";
  fetch?: typeof fetch;
  /** Told of every frame as it came, before it is judged. */
  onFrame?: (frame: Frame) => void;
  /** The connection has ended, or could not be made. */
  onCut?: () => void;
  /** The gateway refuses to show the ward (401, 403, …). It is tried again; who has to sign in first may close this client. */
  onRefused?: (status: number) => void;
}

export interface Counters {
  frames: number;
  connections: number;
  unreadable: number;
  repairs: number; // times that missed revisions of alerts were asked for
  resynchronisations: number;
}

/** Follows what a gateway shows of its ward. Iterate over it, or call `next`. */
export class Client {
  protected session: Session;
  private readonly outbox: Outbox;
  private readonly root: string;
  private readonly options: Options;
  private readonly limits: Limits;
  private connection: AbortController | undefined;
  private readonly closing = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wake: (() => void) | undefined;
  private heardAt = 0;
  private frames = 0;
  private connections = 0;

  /** `gateway`: where it listens, as http://127.0.0.1:8080; empty for the page's own origin. */
  constructor(gateway = "", options: Options = {}) {
    this.root = `${gateway.replace(/\/$/, "")}/api/v1/`;
    this.options = options;
    const { queue = 20_000, maxLagS = 5, lostAfterS = 1.9, cutAfterS = 1.2, revisions = "every" } = options;
    this.limits = { queue, maxLagMs: maxLagS * 1000, lostAfterMs: lostAfterS * 1000, cutAfterMs: cutAfterS * 1000, everyRevision: revisions === "every" };
    this.outbox = new Outbox(queue, this.limits.maxLagMs, () => this.userCame());
    this.session = this.newSession(this.outbox, this.limits, performance.now());
    void this.run();
    this.tick();
  }

  /** The next event; undefined when there was none in time. Fails with `Closed` after `close`. */
  next(timeoutS?: number): Promise<Event | undefined> {
    return this.outbox.take(timeoutS);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event> {
    try {
      for (;;) yield (await this.next())!;
    } catch (error) {
      if (!(error instanceof Closed)) throw error;
    }
  }

  get counters(): Counters {
    const { unreadable, repairs, resynchronisations } = this.session;
    return { frames: this.frames, connections: this.connections, unreadable, repairs, resynchronisations };
  }

  close(): void {
    this.end(new Closed("the client was closed"));
  }

  /** A test takes a broken one. */
  protected newSession(outbox: Outbox, limits: Limits, now: number): Session {
    return new Session(outbox, limits, now);
  }

  private end(error: Error): void {
    this.outbox.close(error);
    this.closing.abort();
    this.connection?.abort();
    clearTimeout(this.timer);
    this.wake?.();
  }

  private userCame(): void {
    this.session.userCame();
    this.steer();
  }

  /** Does what the session wants after whatever happened. */
  private steer(): void {
    if (this.session.reopen) this.connection?.abort();
    const after = this.session.question(performance.now());
    if (after !== undefined) void this.ask(after);
  }

  private tick(): void {
    if (this.closing.signal.aborted) return;
    const now = performance.now();
    const wait = this.session.tick(now);
    if (this.connection !== undefined && now - this.heardAt > silentMs) this.connection.abort();
    this.steer();
    this.timer = setTimeout(() => this.tick(), wait);
  }

  private async run(): Promise<void> {
    let failures = 0;
    try {
      while (!this.closing.signal.aborted) {
        const began = performance.now();
        const why = await this.connect();
        this.session.cut(why);
        this.options.onCut?.();
        failures = performance.now() - began > steadyMs ? 0 : failures + 1;
        if (failures > 0) await this.rest(Math.min(retryMostMs, retryMs * 2 ** (failures - 1)) * (0.5 + Math.random() / 2));
      }
    } catch (error) {
      this.end(error as Error); // the user hears of it: a client that says nothing would look calm
    }
  }

  /** Follows one connection to its end; answers why it ended. */
  private async connect(): Promise<string> {
    const connection = (this.connection = new AbortController());
    this.heardAt = performance.now();
    this.connections++;
    this.session.opened();
    try {
      const response = await this.fetch("stream", connection.signal);
      for await (const frames of framesOf(response)) {
        if (connection.signal.aborted) break;
        this.heardAt = performance.now();
        this.session.came(this.heardAt);
        for (const frame of frames) {
          this.frames++;
          this.options.onFrame?.(frame);
          this.session.heard(frame, this.heardAt);
        }
        this.steer();
      }
      return "the gateway has ended the connection";
    } catch (error) {
      if (!(error instanceof Refused)) return "the gateway cannot be reached";
      this.options.onRefused?.(error.status);
      return error.message;
    } finally {
      this.connection = undefined;
    }
  }

  private async ask(after: bigint): Promise<void> {
    let answer;
    try {
      const response = await this.fetch(`alerts?after=${after}`, AbortSignal.any([this.closing.signal, AbortSignal.timeout(silentMs)]));
      if (response.ok) answer = readRevisions(await response.text());
    } catch {
      // No answer; it is asked again.
    }
    this.session.answered(answer, performance.now());
    this.steer();
  }

  private fetch(path: string, signal: AbortSignal): Promise<Response> {
    return (this.options.fetch ?? fetch)(this.root + path, { headers: this.options.headers, signal, cache: "no-store", credentials: "same-origin" });
  }

  private rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, ms);
    });
  }
}
