// node-hl7-server as a receiver that acknowledges everything; prints its port, then each control id. receive_node.mjs PORT
import { Server } from "node-hl7-server";

const port = Number(process.argv[2]);
const server = new Server({ bindAddress: "127.0.0.1" });
const inbound = server.createInbound({ port }, async (request, response) => {
  console.log(request.getMessage().get("MSH.10").toString());
  await response.sendResponse("AA");
});
inbound.on("listen", () => console.log(`port ${port}`));
