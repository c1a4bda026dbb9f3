// What stands now, kept from events. Whether it is the present is not its business: show `lost` and `back`.
import type { Event } from "./events.ts";
import type { Bed, Clock } from "./wire/gateway/page_pb.ts";
import { SignalState, type Alert } from "./wire/vigil/v1/alert_pb.ts";
import type { SourceStatus } from "./wire/vigil/v1/envelope_pb.ts";

const closedKept = 4096;

/** Give it every event; ask it at any time. */
export class State {
  site = "";
  clock: Clock | undefined;
  private readonly standing = new Map<string, Alert>();
  private readonly closed = new Map<string, bigint>(); // last revisions
  private readonly places = new Map<string, Bed>();
  private readonly feeds = new Map<string, SourceStatus>();

  apply(event: Event): void {
    if (event.kind === "resynchronised") {
      const { wall } = event;
      this.site = wall.site;
      this.clock = wall.clock;
      for (const map of [this.standing, this.closed, this.places, this.feeds]) map.clear();
      for (const alert of wall.alerts) this.standing.set(alert.id, alert);
      for (const bed of wall.beds) this.places.set(`${bed.unit}/${bed.bed}`, bed);
      for (const source of wall.sources) this.feeds.set(source.source, source);
    } else if (event.kind === "update") {
      if (event.what === "clock") this.clock = event.clock;
      else if (event.what === "bed") this.places.set(`${event.bed.unit}/${event.bed.bed}`, event.bed);
      else if (event.what === "source") this.feeds.set(event.source.source, event.source);
      else if (!event.replayed) this.put(event.alert); // what is replayed may have been overtaken; what stands comes by itself
    }
  }

  /** Those that stand, the most urgent first, then the oldest. */
  alerts(): Alert[] {
    return [...this.standing.values()].sort((a, b) => b.priority - a.priority || Number(a.shownAtMs - b.shownAtMs));
  }

  beds(): Bed[] {
    return [...this.places.values()];
  }

  sources(): SourceStatus[] {
    return [...this.feeds.values()];
  }

  private put(alert: Alert): void {
    const known = this.standing.get(alert.id)?.revision ?? this.closed.get(alert.id) ?? 0n;
    if (alert.revision < known) return;
    if (alert.signal !== SignalState.CLOSED && alert.movedTo === "") {
      this.standing.set(alert.id, alert);
      return;
    }
    this.standing.delete(alert.id);
    if (this.closed.size >= closedKept) this.closed.clear();
    this.closed.set(alert.id, alert.revision);
  }
}
