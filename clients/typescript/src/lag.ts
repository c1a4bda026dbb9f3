// Whether what arrives is the present: a slow network delivers the past without a gap.

const windowMs = 600_000; // two clocks drift apart by some 50 ppm: 30 ms in this time

/** How much later than at best a digest of vigild is told here. No clock of two machines is compared: only changes of the difference count. */
export class Lag {
  private best: { at: number; difference: number }[] = []; // both ascending: a window's minimum
  nowMs = 0;

  begin(): void {
    this.best = [];
    this.nowMs = 0;
  }

  heard(gatewayMs: number, now: number): void {
    const difference = now - gatewayMs;
    while (this.best.length > 0 && this.best.at(-1)!.difference >= difference) this.best.pop();
    this.best.push({ at: now, difference });
    while (now - this.best[0]!.at > windowMs) this.best.shift();
    this.nowMs = difference - this.best[0]!.difference;
  }
}
