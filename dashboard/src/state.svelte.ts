// The state of the page: what the event stream said last. Components read it; only the stream writes it.
import { people } from "./people.svelte.ts";
import { Client } from "vigil-client/client.ts";
import type { Event } from "vigil-client/events.ts";
import type { Bed, Clock, Trend, TrendPoint, Wall } from "vigil-client/wire/gateway/page_pb.ts";
import type { Alert } from "vigil-client/wire/vigil/v1/alert_pb.ts";
import type { SourceStatus } from "vigil-client/wire/vigil/v1/envelope_pb.ts";
import { isOpen, mergeAlert } from "./alerts.ts";
import { bedKey, extendTrend, feedView, isOrgans, partOf, type BedView, type FeedView } from "./view.ts";
import { BedViews } from "./views.ts";
import { orderBeds, type BedOrder } from "./ward.ts";

const userKey = "vigil-user";
const themeKey = "vigil-theme";
const orderKey = "vigil-order";

export type Theme = "auto" | "day" | "night";
export type View = "ward" | "alerts" | "operations";

/** What was kept is whatever somebody may have written there. */
function kept<Choice extends string>(key: string, choices: readonly Choice[]): Choice {
  const value = localStorage.getItem(key);
  return choices.find((choice) => choice === value) ?? choices[0]!;
}
export const themes = ["auto", "day", "night"] as const;
export const orders = ["bed", "urgent"] as const;
export const views = ["ward", "alerts", "operations"] as const;
const viewOfAddress = (): View => views.find((view) => location.hash === `#${view}`) ?? "ward";
const bedAddress = "#bed/";
const bedOfAddress = (): string | undefined => (location.hash.startsWith(bedAddress) ? decodeURIComponent(location.hash.slice(bedAddress.length)) : undefined);

class PageState {
  site = $state("");
  clock = $state.raw<Clock | undefined>(undefined);
  beds = $state.raw<Bed[]>([]);
  alerts = $state.raw<Map<string, Alert>>(new Map());
  ended = $state(0); // counts up whenever an alert may be over: the history is another one
  sources = $state.raw<SourceStatus[]>([]);
  staleAfterS = $state(900);
  feed = $state<FeedView>("connecting");
  heardAt = $state<number | undefined>(undefined); // the screen's own clock, for "nothing heard since"
  user = $state(sessionStorage.getItem(userKey) ?? "");
  theme = $state<Theme>(kept(themeKey, themes));
  night = $state(false);
  order = $state<BedOrder>(kept(orderKey, orders));
  view = $state<View>(viewOfAddress());
  openKey = $state<string | undefined>(bedOfAddress()); // the bed that is looked at, over either view
  views = $state.raw<BedView[]>([]);
  bedViews: BedView[] = $derived(orderBeds(this.views, this.order));

  setUser(user: string): void {
    this.user = user.trim();
    sessionStorage.setItem(userKey, this.user);
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    localStorage.setItem(themeKey, theme);
    this.dress();
  }

  setOrder(order: BedOrder): void {
    this.order = order;
    localStorage.setItem(orderKey, order);
  }

  openBed(key: string): void {
    location.hash = bedAddress + encodeURIComponent(key);
  }

  /** Back to where the bed was opened from. */
  closeBed(): void {
    location.hash = this.view;
  }

  /** Night from 20 to 7 by the clock on the wall, unless somebody chose. */
  dress(): void {
    const hour = new Date().getHours();
    this.night = this.theme === "night" || (this.theme === "auto" && (hour >= 20 || hour < 7));
    document.documentElement.dataset.theme = this.night ? "night" : "day";
  }
}

export const page = new PageState();

function takeWall(wall: Wall): void {
  draw(Infinity); // what came before it is older
  page.site = wall.site;
  page.clock = wall.clock;
  page.beds = wall.beds;
  page.alerts = new Map(wall.alerts.map((alert) => [alert.id, alert]));
  page.ended++; // of what was over meanwhile, a picture of the whole says nothing
  page.sources = wall.sources;
  page.staleAfterS = wall.staleAfterS;
  drawViews(Infinity);
}

const noTrend: Trend = {
  $typeName: "vigil.page.v1.Trend", unit: "", bed: "", encounter: "", definition: "", product: "", fromMs: 0n, toMs: 0n, points: [],
};

function withTrend(bed: Bed, known: Bed | undefined): Bed {
  const score = bed.scores.find(isOrgans);
  const total = partOf(score, "total");
  if (known?.trend !== undefined && known.encounter === bed.encounter) bed.trend = known.trend;
  if (score !== undefined && total !== undefined) {
    const { points, lower, upper, missing } = total;
    const next: TrendPoint = { $typeName: "vigil.page.v1.TrendPoint", atMs: score.asOfMs, points, lower, upper, missing, parts: [] };
    bed.trend = { ...(bed.trend ?? noTrend), points: extendTrend(bed.trend?.points ?? [], next) };
  }
  return bed;
}

/**
 * What came since the page was drawn last. Alerts and sources are in the next picture; of beds, of which a ward of 60 says hundreds a
 * second, a few are in each, those that waited longest first: all at once would hold up what comes after them.
 */
const waiting = { beds: new Map<string, Bed>(), alerts: [] as Alert[], sources: [] as SourceStatus[], picture: 0, timer: 0 };
const bedsAPicture = 30; // as many as a picture has time for
const picturesMost = 2; // until the last of many has its turn
const drawAnywayMs = 250; // pictures of a page that nobody sees do not come, but tones do
const flashEvery = 400; // on and off: 1.25 times a second

function drawLater(): void {
  waiting.picture ||= requestAnimationFrame(() => draw(Math.max(bedsAPicture, Math.ceil(page.beds.length / picturesMost))));
  waiting.timer ||= window.setTimeout(draw, drawAnywayMs, Infinity);
}

const tiles = new BedViews();

function drawViews(most: number): void {
  page.views = tiles.of(page.beds, page.alerts, page.clock, page.staleAfterS, most);
}

function draw(bedsMost: number): void {
  cancelAnimationFrame(waiting.picture);
  window.clearTimeout(waiting.timer);
  waiting.picture = waiting.timer = 0;
  drawBeds(bedsMost);
  if (waiting.alerts.length > 0) {
    const come = waiting.alerts.splice(0);
    if (come.some((alert) => !isOpen(alert))) page.ended++;
    page.alerts = come.reduce(mergeAlert, page.alerts);
  }
  if (waiting.sources.length > 0) page.sources = waiting.sources.splice(0).reduce(mergeSource, page.sources);
  drawViews(bedsMost);
  if (waiting.beds.size > 0 || tiles.behind) drawLater();
}

function drawBeds(most: number): void {
  if (waiting.beds.size === 0) return;
  const come = new Map<string, Bed>();
  for (const [key, bed] of waiting.beds) {
    if (come.size >= most) break;
    come.set(key, bed);
    waiting.beds.delete(key);
  }
  const beds = page.beds.map((known) => {
    const key = bedKey(known.unit, known.bed);
    const bed = come.get(key);
    come.delete(key);
    return bed === undefined ? known : withTrend(bed, known);
  });
  page.beds = [...beds, ...[...come.values()].map((bed) => withTrend(bed, undefined))];
}

function mergeSource(sources: SourceStatus[], next: SourceStatus): SourceStatus[] {
  const index = sources.findIndex((known) => known.source === next.source);
  return index === -1 ? [...sources, next] : sources.with(index, next);
}

let lost = false; // nothing proves that what is shown is the present
const lostAfterS = 2.5;

/** What the gateway says of its feed holds only while the client can prove it. */
function judgeFeed(silentMs: number, cut: boolean): void {
  page.feed = lost ? "lost" : feedView(page.clock, silentMs, cut);
}

function take(event: Event): void {
  if (event.kind === "resynchronised") return takeWall(event.wall);
  if (event.kind === "lost" || event.kind === "back") lost = event.kind === "lost";
  if (event.kind !== "update") return;
  if (event.what === "clock") page.clock = event.clock;
  else if (event.what === "bed") waiting.beds.set(bedKey(event.bed.unit, event.bed.bed), event.bed);
  else if (event.what === "alert") waiting.alerts.push(event.alert);
  else waiting.sources.push(event.source);
  drawLater();
}

/** Follows the stream and keeps to it, and asks the gateway who may; the one does not wait for the other's answer. */
export function listen(): void {
  let lastHeard = performance.now();
  let cut = false;
  let client: Client | undefined;
  let asking = false;
  const leave = (one: Client) => {
    one.close();
    if (client === one) client = undefined;
  };
  const look = async (mine: Client) => {
    asking = true;
    await people.look();
    asking = false;
    if (people.gate !== "ward") leave(mine);
    else if (people.session?.accounts) page.user = people.session.user;
  };
  const follow = async () => {
    if (asking) return;
    lost = false; // the new one says so itself
    const mine = (client = new Client("", {
      revisions: "latest",
      lostAfterS,
      onFrame() {
        lastHeard = performance.now();
        cut = false;
        page.heardAt = Date.now();
        judgeFeed(0, false);
      },
      onCut: () => (cut = true),
      onRefused(status) {
        if (status === 401 || status === 403) leave(mine);
      },
    }));
    void look(mine);
    for await (const event of mine) take(event);
  };
  setInterval(() => people.session?.accounts && people.look(), 15_000); // a session ends, and so does emergency access
  setInterval(() => {
    judgeFeed(performance.now() - lastHeard, cut);
    if (client === undefined && people.gate === "ward") void follow();
  }, 250);
  void follow();
  window.addEventListener("hashchange", () => {
    page.openKey = bedOfAddress();
    if (page.openKey === undefined) page.view = viewOfAddress();
  });
  page.dress();
  setInterval(() => page.dress(), 60_000);
  setInterval(() => document.documentElement.classList.toggle("flash"), flashEvery);
}
