// Who is at this screen, as the gateway says. Without accounts nobody signs in, and a user name is typed.
import { readProblem, readSession } from "vigil-client/read.ts";
import { text } from "./text.ts";
import type { Session } from "vigil-client/wire/gateway/page_pb.ts";

const root = "/api/v1/";

class People {
  session = $state.raw<Session | undefined>(undefined); // not known yet, or of a gateway that has none

  /** Whether the ward may be shown; else what stands in its place. */
  gate: "ward" | "sign-in" | "elsewhere" = $derived.by(() => {
    if (this.session === undefined || !this.session.accounts) return "ward";
    if (this.session.user === "") return "sign-in";
    return this.may("view_ward") ? "ward" : "elsewhere";
  });

  may(operation: string): boolean {
    return this.session === undefined || !this.session.accounts || this.session.may.includes(operation);
  }

  /** Of every POST. */
  get headers(): Record<string, string> {
    return { "Content-Type": "application/json", "X-Vigil-Request": "1", "X-Vigil-Csrf": this.session?.csrf ?? "" };
  }

  /** Asks the gateway. Without an answer what was known stays: a lost network is told by the stream. */
  async look(): Promise<void> {
    try {
      const response = await fetch(`${root}session`, { signal: AbortSignal.timeout(5000) });
      if (response.ok) this.take(readSession(await response.text()));
    } catch {
      // The stream says so.
    }
  }

  /** Why not; empty when it was done. */
  private async ask(what: string, body: object): Promise<string> {
    let said: string;
    try {
      said = await (await fetch(root + what, { method: "POST", headers: this.headers, body: JSON.stringify(body) })).text();
      const { error } = readProblem(said);
      if (error !== "") return error;
    } catch {
      return text.answers.network;
    }
    this.take(readSession(said));
    return "";
  }

  signIn = (user: string, password: string): Promise<string> => this.ask("login", { user, password });
  signOut = (): Promise<string> => this.ask("logout", {});
  breakGlass = (reason: string): Promise<string> => this.ask("break_glass", { reason });
  giveBack = (): Promise<string> => this.ask("break_glass", { over: true });

  private take(session: Session): void {
    const before = this.session?.user ?? "";
    // What was shown to somebody who has gone is not kept, not even behind the sign-in.
    if (before !== "" && session.user !== before) location.reload();
    else this.session = session;
  }
}

export const people = new People();
