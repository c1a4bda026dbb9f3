// What became of what people asked. Kept by what it was about, on whichever view: a refusal stands until somebody has read it or asks again.
import type { Action, Question } from "./actions.ts";
import { standsAt } from "./handling.ts";
import type { Answer } from "./send.ts";
import { page } from "./state.svelte.ts";
import { text } from "./text.ts";
import { bedKey } from "./view.ts";

export interface Told {
  words: string;
  sending: boolean;
  waitsFor: string | undefined; // done, and not yet back: as it stood when it was asked
}

/** A question that is open. One at a time, and not inside a list that reorders itself under it. */
export interface Deciding {
  action: Action & { question: Question };
  about: string;
  stands: string;
}

const most = 200;
const doneForMs = 60_000; // what was done stands in its place; only what was not must be read

/** How an alert or a bed stands now; empty for what is gone, and for anything else. */
export function standsOf(about: string): string {
  const bed = page.beds.find((one) => bedKey(one.unit, one.bed) === about);
  return bed !== undefined ? standsAt(bed) : (page.alerts.get(about)?.revision.toString() ?? "");
}

class Asked {
  deciding = $state.raw<Deciding | undefined>(undefined);
  private told = $state.raw<ReadonlyMap<string, Told>>(new Map());

  of(about: string): Told | undefined {
    return this.told.get(about);
  }

  tell(about: string, told: Told | undefined): void {
    const next = new Map(this.told);
    next.delete(about);
    if (told !== undefined) next.set(about, told);
    for (const oldest of next.keys()) if (next.size > most) next.delete(oldest);
    this.told = next;
  }

  /** `stands` is what the daemon will change; nothing changes before its own word comes back on the stream. */
  async ask(about: string, stands: string, run: (user: string) => Promise<Answer>): Promise<boolean> {
    const say = (words: string, sending = false, waitsFor: string | undefined = undefined) => this.tell(about, { words, sending, waitsFor });
    if (this.of(about)?.sending) return false;
    if (page.user === "") {
      say(text.answers.needUser);
      return false;
    }
    say(text.sending, true);
    const answer = await run(page.user);
    say(answer.words, false, answer.returns ? stands : undefined);
    const told = this.of(about);
    if (answer.done && answer.returns) setTimeout(() => this.of(about) === told && standsOf(about) !== stands && this.tell(about, undefined), doneForMs);
    return answer.done;
  }
}

export const asked = new Asked();
