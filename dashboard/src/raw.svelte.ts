// The newest messages of the daemon's feed as they came, for who has to look at what an adapter brings: asked for once a second, bounded, and
// still while paused.
import { delivered, type Delivered } from "./operations.ts";
import { getRaw } from "./send.ts";

export const mostRaw = 200;
const askEvery = 1_000;
const askMoreAfter = 200; // others wait for the gateway, too

class RawStream {
  shown = $state.raw<Delivered[]>([]); // newest first
  came = $state(0);
  gone = $state(0); // came and could not be shown: more than the gateway keeps
  anew = $state(false); // the gateway was restarted meanwhile
  problem = $state("");
  paused = $state(false);
  private after = "";
  private following = 0; // whoever listened before is not answered any more

  /** Follows until the answer is called. */
  listen(): () => void {
    let timer = 0;
    const mine = ++this.following;
    this.clear();
    this.paused = false;
    const again = async () => {
      const more = document.visibilityState === "visible" && (await this.ask(mine));
      if (mine === this.following) timer = window.setTimeout(again, more ? askMoreAfter : askEvery);
    };
    void again();
    return () => {
      this.following += 1;
      window.clearTimeout(timer);
      this.clear();
    };
  }

  /** True when more is waiting. */
  private async ask(mine: number): Promise<boolean> {
    try {
      const answer = await getRaw(this.after);
      if (mine !== this.following) return false;
      const fresh = answer.messages.map(delivered).reverse();
      this.after = answer.to;
      this.came += fresh.length;
      this.gone += answer.gone;
      this.anew ||= answer.anew;
      this.problem = "";
      if (!this.paused && fresh.length > 0) this.shown = [...fresh, ...this.shown].slice(0, mostRaw);
      return answer.more;
    } catch (error) {
      if (mine !== this.following) return false;
      this.problem = (error as Error).message;
      return false;
    }
  }

  private clear(): void {
    this.after = "";
    this.shown = [];
    this.came = this.gone = 0;
    this.anew = false;
    this.problem = "";
  }
}

export const rawStream = new RawStream();
