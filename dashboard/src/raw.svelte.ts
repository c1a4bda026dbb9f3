// The newest events of the stream, for who has to look at it: bounded, drawn a few times a second, and still while paused.
import { delivered, type Delivered } from "./operations.ts";
import { listeners, page } from "./state.svelte.ts";
import { logTime } from "./view.ts";
import type { Frame } from "vigil-client/stream.ts";

export const mostRaw = 200;
const drawEvery = 250;

class RawStream {
  shown = $state.raw<Delivered[]>([]); // newest first
  came = $state(0);
  paused = $state(false);
  private kept: Delivered[] = [];
  private count = 0;
  private timer = 0;

  /** Listens until the answer is called. */
  listen(): () => void {
    this.paused = false;
    const hear = ({ event, id, data }: Frame) => {
      this.count++;
      if (!this.paused) {
        this.kept.unshift(delivered(this.count, event, id, data, logTime(page.clock)));
        this.kept.length = Math.min(this.kept.length, mostRaw);
      }
      this.timer ||= window.setTimeout(() => this.draw(), drawEvery);
    };
    listeners.add(hear);
    return () => {
      listeners.delete(hear);
      window.clearTimeout(this.timer);
      this.timer = 0;
      this.clear();
    };
  }

  clear(): void {
    this.kept = [];
    this.count = 0;
    this.draw();
  }

  private draw(): void {
    this.timer = 0;
    this.came = this.count;
    this.shown = [...this.kept];
  }
}

export const rawStream = new RawStream();
