// The views of a ward's beds. One is made anew only where something that it shows has changed: the same object says that its tile
// may be let alone.
import type { Bed, Clock } from "vigil-client/wire/gateway/page_pb.ts";
import type { Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import { bedKey, bedView, logTime, type BedView } from "./view.ts";

interface Made {
  bed: Bed;
  alerts: Alert[];
  now: number | undefined;
  staleAfterS: number;
  view: BedView;
}

const none: Alert[] = [];

export class BedViews {
  /** Some views are of an instant before the last clock. */
  behind = false;
  private made = new Map<string, Made>();
  private alerts: ReadonlyMap<string, Alert> = new Map();
  private byBed = new Map<string, Alert[]>();

  /** Of beds of which nothing is new but the time at most `most` follow the clock at once, those first that have waited longest. */
  of(beds: Bed[], alerts: ReadonlyMap<string, Alert>, clock: Clock | undefined, staleAfterS: number, most = Infinity): BedView[] {
    if (alerts !== this.alerts) this.group(alerts);
    const now = logTime(clock);
    const make = (bed: Bed, here: Alert[]): Made => ({ bed, alerts: here, now, staleAfterS, view: bedView(bed, here, clock, staleAfterS) });
    const made = new Map<string, Made>();
    const older: { key: string; since: number }[] = [];
    for (const bed of beds) {
      const key = bedKey(bed.unit, bed.bed);
      const here = this.byBed.get(key) ?? none;
      const known = this.made.get(key);
      const stands = known !== undefined && known.bed === bed && known.alerts === here && known.staleAfterS === staleAfterS;
      const isOlder = stands && known.now !== undefined && now !== undefined && known.now !== now;
      if (isOlder) older.push({ key, since: known.now! });
      made.set(key, isOlder || (stands && known.now === now) ? known : make(bed, here));
    }
    if (older.length > most) older.sort((one, other) => one.since - other.since);
    for (const { key } of older.slice(0, most)) made.set(key, make(made.get(key)!.bed, made.get(key)!.alerts));
    this.behind = older.length > most;
    this.made = made;
    return [...made.values()].map(({ view }) => view);
  }

  /** A bed whose alerts are the same keeps its list. */
  private group(alerts: ReadonlyMap<string, Alert>): void {
    const byBed = new Map<string, Alert[]>();
    for (const alert of alerts.values()) {
      const key = bedKey(alert.unit, alert.bed);
      const here = byBed.get(key);
      if (here === undefined) byBed.set(key, [alert]);
      else here.push(alert);
    }
    for (const [key, here] of byBed) {
      const before = this.byBed.get(key);
      if (before?.length === here.length && before.every((alert, index) => alert === here[index])) byBed.set(key, before);
    }
    this.alerts = alerts;
    this.byBed = byBed;
  }
}
