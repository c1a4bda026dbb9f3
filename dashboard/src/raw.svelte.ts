// The newest messages of the daemon's feed as they came, for who has to look at what an adapter brings: asked for once a second, bounded, and
// still while paused.
import { delivered, type Delivered } from "./operations.ts";
import { getRaw } from "./send.ts";

export const mostRaw = 200;
const askEvery = 1_000;

class RawStream {
  shown = $state.raw<Delivered[]>([]); // newest first
  came = $state(0);
  gone = $state(0); // came and could not be shown: more than the gateway keeps
  problem = $state("");
  paused = $state(false);
  private after = "";

  /** Follows until the answer is called. */
  listen(): () => void {
    let timer = 0;
    let over = false;
    this.clear();
    this.paused = false;
    const again = async () => {
      const more = document.visibilityState === "visible" && (await this.ask());
      if (!over) timer = window.setTimeout(again, more ? 0 : askEvery);
    };
    void again();
    return () => {
      over = true;
      window.clearTimeout(timer);
      this.clear();
    };
  }

  /** True when more is waiting. */
  private async ask(): Promise<boolean> {
    try {
      const answer = await getRaw(this.after);
      const fresh = answer.messages.map(delivered).reverse();
      this.after = answer.to;
      this.came += fresh.length;
      this.gone += answer.gone;
      this.problem = "";
      if (!this.paused && fresh.length > 0) this.shown = [...fresh, ...this.shown].slice(0, mostRaw);
      return answer.more;
    } catch (error) {
      this.problem = (error as Error).message;
      return false;
    }
  }

  private clear(): void {
    this.after = "";
    this.shown = [];
    this.came = this.gone = 0;
    this.problem = "";
  }
}

export const rawStream = new RawStream();
