// The state of the page: what the event stream said last. Components read it; only the stream writes it.
import { create, fromJsonString, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import {
  BedSchema,
  ClockSchema,
  TrendPointSchema,
  TrendSchema,
  WallSchema,
  type Bed,
  type Clock,
} from "./wire/gateway/page_pb.ts";
import { AlertSchema, type Alert } from "./wire/vigil/v1/alert_pb.ts";
import type { SourceStatus } from "./wire/vigil/v1/envelope_pb.ts";
import { bedKey, extendTrend, feedView, isArds, mergeAlert, partOf, type FeedView } from "./view.ts";

const userKey = "vigil-user";
const themeKey = "vigil-theme";

export type Theme = "auto" | "day" | "night";

class PageState {
  site = $state("");
  clock = $state.raw<Clock | undefined>(undefined);
  beds = $state.raw<Bed[]>([]);
  alerts = $state.raw<Map<string, Alert>>(new Map());
  sources = $state.raw<SourceStatus[]>([]);
  staleAfterS = $state(900);
  feed = $state<FeedView>("connecting");
  heardAt = $state<number | undefined>(undefined); // the screen's own clock, for "nothing heard since"
  user = $state(sessionStorage.getItem(userKey) ?? "");
  theme = $state<Theme>((localStorage.getItem(themeKey) as Theme | null) ?? "auto");
  night = $state(false);

  setUser(user: string): void {
    this.user = user.trim();
    sessionStorage.setItem(userKey, this.user);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    localStorage.setItem(themeKey, theme);
    this.dress();
  }

  /** Night from 20 to 7 by the clock on the wall, unless somebody chose. */
  dress(): void {
    const hour = new Date().getHours();
    this.night = this.theme === "night" || (this.theme === "auto" && (hour >= 20 || hour < 7));
    document.documentElement.dataset.theme = this.night ? "night" : "day";
  }
}

export const page = new PageState();

function read<Desc extends DescMessage>(schema: Desc, event: Event): MessageShape<Desc> {
  // A newer gateway may say more than this page knows.
  return fromJsonString(schema, (event as MessageEvent<string>).data, { ignoreUnknownFields: true });
}

function takeWall(event: Event): void {
  const wall = read(WallSchema, event);
  page.site = wall.site;
  page.clock = wall.clock;
  page.beds = wall.beds;
  page.alerts = new Map(wall.alerts.map((alert) => [alert.id, alert]));
  page.sources = wall.sources;
  page.staleAfterS = wall.staleAfterS;
}

function takeBed(event: Event): void {
  const bed = read(BedSchema, event);
  const index = page.beds.findIndex((known) => bedKey(known.unit, known.bed) === bedKey(bed.unit, bed.bed));
  const known = page.beds[index];
  const score = bed.scores.find((candidate) => !isArds(candidate));
  const total = partOf(score, "total");
  if (known?.trend !== undefined && known.encounter === bed.encounter) bed.trend = known.trend;
  if (score !== undefined && total !== undefined) {
    const { points, lower, upper, missing } = total;
    const next = create(TrendPointSchema, { atMs: score.asOfMs, points, lower, upper, missing });
    bed.trend = { ...(bed.trend ?? create(TrendSchema)), points: extendTrend(bed.trend?.points ?? [], next) };
  }
  page.beds = index === -1 ? [...page.beds, bed] : page.beds.with(index, bed);
}

/** Opens the stream and keeps it; the browser retries by itself unless it was refused. */
export function listen(): void {
  let lastHeard = performance.now();
  let source: EventSource;
  const hear = (take: (event: Event) => void) => (event: Event) => {
    lastHeard = performance.now();
    page.heardAt = Date.now();
    take(event);
    page.feed = feedView(page.clock, 0);
  };
  const open = () => {
    source = new EventSource("/api/v1/stream");
    source.addEventListener("snapshot", hear(takeWall));
    source.addEventListener("resync", hear(takeWall));
    source.addEventListener("bed", hear(takeBed));
    source.addEventListener("alert", hear((event) => (page.alerts = mergeAlert(page.alerts, read(AlertSchema, event)))));
    source.addEventListener("clock", hear((event) => (page.clock = read(ClockSchema, event))));
  };
  open();
  setInterval(() => {
    page.feed = feedView(page.clock, performance.now() - lastHeard);
    if (source.readyState === EventSource.CLOSED) open();
  }, 250);
  page.dress();
  setInterval(() => page.dress(), 60_000);
}
