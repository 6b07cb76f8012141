// Usage: node broadcast.mjs URL COUNT
//
// Connects COUNT socket.io clients, each from a loopback address of its own, half by polling and
// half by WebSocket. One on every worker joins and says something; all must hear it, once, and see
// in the list of people those of their own worker alone. Prints "heard=36 of=36 workers=0,1,2".

import http from "node:http";
import { io } from "socket.io-client";

const DEADLINE_MS = 30_000;
const [url, countText] = process.argv.slice(2);

function visit(client) {
  const agent = new http.Agent({ keepAlive: false, localAddress: `127.0.2.${1 + client}` });
  const transports = [client % 2 === 0 ? "polling" : "websocket"];
  const socket = io(url, { transports, forceNew: true, reconnection: false, agent });
  const visitor = { socket, heard: [], people: null };
  socket.on("message", (message) => visitor.heard.push(message));
  socket.on("people", (people) => (visitor.people = people));
  return new Promise((resolve, reject) => {
    socket.once("connect_error", reject);
    socket.once("welcome", ({ whoAmI }) => resolve(Object.assign(visitor, { worker: whoAmI.worker })));
  });
}

async function until(condition) {
  const end = Date.now() + DEADLINE_MS;
  while (!condition() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
}

const visitors = await Promise.all(Array.from({ length: Number(countText) }, (_, i) => visit(i)));
const workers = [...new Set(visitors.map((visitor) => visitor.worker))].sort();
const speakers = workers.map((worker) => visitors.find((visitor) => visitor.worker === worker));
for (const { socket, worker } of speakers) {
  for (const [event, data] of [["join", `speaker ${worker}`], ["message", `from ${worker}`]]) {
    const answer = await socket.timeout(DEADLINE_MS).emitWithAck(event, data);
    if (answer.error) throw new Error(answer.error);
  }
}

const wanted = visitors.length * speakers.length;
const heard = () =>
  visitors.flatMap(({ heard }) => heard).filter((m) => m.text === `from ${m.worker}`).length;
await until(() => heard() >= wanted);
console.log(`heard=${heard()} of=${wanted} workers=${workers.join(",")}`);

const own = ({ people, worker }) =>
  people?.joined.length === 1 && people.joined[0].name === `speaker ${worker}`;
await until(() => visitors.every(own));
console.log(visitors.every(own) ? "people are those of the own worker" : "people are mixed up");
process.exit(0);
