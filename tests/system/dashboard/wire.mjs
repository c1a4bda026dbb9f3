import { createServer, connect } from "node:net";

/** Between browser and gateway: what is cut answers nothing and closes nothing, as when a cable is pulled. */
export async function wire(url) {
  const target = new URL(url);
  const pairs = new Set();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.pause();
    const far = connect(Number(target.port), target.hostname);
    pairs.add([near, far]);
    near.pipe(far).pipe(near);
    for (const [socket, other] of [[near, far], [far, near]]) socket.on("error", () => other.destroy()).on("close", () => other.destroy());
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut() {
      isCut = true;
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
      }
    },
    mend() {
      isCut = false;
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      pairs.clear();
    },
  };
}
