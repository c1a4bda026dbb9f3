// Whether what was heard is everything that was sent. Pure: no connection, no clock.
//
// The gateway numbers its frames. A connection begins with the whole state and its number; each frame after it has the next one, and
// once a second one comes with a digest of vigild, so that a last frame that is missing shows, too. What is written beside the frames
// (a clock each second) has no number.

export type Heard = "state" | "news" | "known" | "hole" | "beside";

export interface Place {
  epoch: bigint;
  seq: bigint;
  version: bigint | undefined;
}

/** `epoch.seq.version` or `epoch.seq`; undefined for what is neither. */
export function placeOf(id: string): Place | undefined {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(id);
  if (match === null) return undefined;
  return { epoch: BigInt(match[1]!), seq: BigInt(match[2]!), version: match[3] === undefined ? undefined : BigInt(match[3]) };
}

export class Follow {
  private version: bigint | undefined;

  /** A new connection: nothing is known of what comes before its first state. */
  begin(): void {
    this.version = undefined;
  }

  frame(isState: boolean, version: bigint | undefined): Heard {
    if (version === undefined) return isState ? "hole" : "beside";
    if (isState) {
      this.version = version;
      return "state";
    }
    if (this.version === undefined || version > this.version + 1n) return "hole";
    if (version <= this.version) return "known";
    this.version = version;
    return "news";
  }
}
