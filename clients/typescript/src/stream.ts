// An event stream over fetch, which Node and browsers both have: with its status, and cut when we say so.

/** As it came. */
export interface Frame {
  event: string;
  id: string;
  data: string;
}

export class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the gateway answers ${status}`);
    this.status = status;
  }
}

/** Puts together what arrives in pieces; a frame whose end never came is none. */
export class FrameReader {
  private rest = "";

  take(piece: string): Frame[] {
    const blocks = (this.rest + piece).split("\n\n");
    this.rest = blocks.pop()!;
    return blocks.map(frameOf).filter((frame) => frame.data !== "");
  }
}

function frameOf(block: string): Frame {
  const frame: Frame = { event: "message", id: "", data: "" };
  for (const line of block.split("\n")) {
    const [, name, value] = /^(event|id|data): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined) frame[name as keyof Frame] = value!;
  }
  return frame;
}

/** Every piece that arrives, be it only a comment, as the frames that it completes. */
export async function* framesOf(response: Response): AsyncGenerator<Frame[]> {
  if (!response.ok || response.body === null) throw new Refused(response.status);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const frames = new FrameReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield frames.take(value);
  }
}
