// @medplum/hl7 as a receiver that acknowledges everything; prints its port, then each control id.
import { Hl7Server } from "@medplum/hl7";

const server = new Hl7Server((connection) => {
  connection.addEventListener("message", ({ message }) => {
    console.log(message.getSegment("MSH").getField(10).toString());
    connection.send(message.buildAck());
  });
});
server.start(0);
server.server.on("listening", () => console.log(`port ${server.server.address().port}`));
