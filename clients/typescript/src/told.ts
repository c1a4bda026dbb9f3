// Which revisions of which alerts have been told. Pure.
//
// Revisions of an alert are counted from 1 without a hole: one that is skipped was overtaken in the gateway, or came while nobody
// listened. It is asked for again by its place in the journal.
import type { Alert } from "./wire/vigil/v1/alert_pb.ts";
import type { AlertRevisions } from "./wire/gateway/page_pb.ts";
import { SignalState } from "./wire/vigil/v1/alert_pb.ts";

interface OfAlert {
  upTo: bigint; // every revision up to it was told, or stood in the first state
  beyond: Set<bigint>;
  newest: bigint; // that came by itself: in a state, or as it was sent
}

export class Told {
  /** Everything journaled up to it was told. */
  safeSeq = 0n;
  private alerts = new Map<string, OfAlert>();
  private over = new Set<string>(); // with the next answer nothing of them can be under way any more

  /** What stands at the beginning counts as told. */
  begin(alerts: Alert[], seq: bigint): void {
    this.alerts = new Map(alerts.map(({ id, revision }) => [id, { upTo: revision, beyond: new Set(), newest: revision }]));
    this.over.clear();
    this.safeSeq = seq;
  }

  /** Of a later state: what led to it is still to be told. */
  stands(alerts: Alert[]): void {
    for (const { id, revision } of alerts) {
      const known = this.of(id);
      if (known.newest < revision) known.newest = revision;
    }
  }

  /**
   * Of a revision as it comes. "jump": some before it are missing. One that an answer brought just before is news all the same: an
   * answer does not say whether it still stands.
   */
  message({ id, revision }: Alert): "news" | "known" | "jump" {
    const known = this.of(id);
    if (revision <= known.newest) return "known";
    known.newest = revision;
    this.tell(known, revision);
    return known.upTo >= revision ? "news" : "jump";
  }

  /** Of an answer: those that were not told yet. What is as old as `to` is whole now. */
  replayed(answer: AlertRevisions): Alert[] {
    for (const id of this.over) this.alerts.delete(id);
    this.over.clear();
    const news: Alert[] = [];
    for (const { seq, alert } of answer.revisions) {
      if (alert === undefined) continue;
      const known = this.of(alert.id);
      if (this.tell(known, alert.revision)) news.push(alert);
      if (seq > answer.to) continue;
      this.settle(known, alert.revision);
      if (alert.signal === SignalState.CLOSED && known.upTo === alert.revision && known.beyond.size === 0) this.over.add(alert.id);
    }
    this.skipTo(answer.to);
    return news;
  }

  skipTo(seq: bigint): void {
    if (seq > this.safeSeq) this.safeSeq = seq;
  }

  /** False when it was told before. */
  private tell(known: OfAlert, revision: bigint): boolean {
    if (revision <= known.upTo || known.beyond.has(revision)) return false;
    known.beyond.add(revision);
    while (known.beyond.delete(known.upTo + 1n)) known.upTo++;
    return true;
  }

  /** All that the journal has of it up to this revision was told; what it has not was never journaled, or is forgotten. */
  private settle(known: OfAlert, revision: bigint): void {
    if (known.upTo < revision) known.upTo = revision;
    for (const one of known.beyond) if (one <= known.upTo) known.beyond.delete(one);
    while (known.beyond.delete(known.upTo + 1n)) known.upTo++;
  }

  private of(id: string): OfAlert {
    this.over.delete(id);
    let known = this.alerts.get(id);
    if (known === undefined) this.alerts.set(id, (known = { upTo: 0n, beyond: new Set(), newest: 0n }));
    return known;
  }
}
