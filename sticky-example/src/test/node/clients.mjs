// Usage: node clients.mjs URL COUNT TRANSPORTS
//
// Connects COUNT socket.io clients, each from a loopback address of its own and with a new TCP
// connection for every request, and has each ask five times which worker serves it. Prints one
// line, "kept=60 of=60 workers=0,1,2", and why others failed; the exit code is 0 if all kept theirs.

import http from "node:http";
import { io } from "socket.io-client";

const ASKS = 5;
const DEADLINE_MS = 45_000;

const [url, countText, transportsText] = process.argv.slice(2);
const count = Number(countText);
const transports = transportsText.split(",");

function localAddress(client) {
  return `127.0.${1 + Math.floor(client / 250)}.${1 + (client % 250)}`;
}

/** Resolves when the socket emits this; rejects if it fails or if it takes too long. */
function event(emitter, name, what) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${what}: nothing for ${DEADLINE_MS} ms`)), DEADLINE_MS);
    emitter.once(name, (value) => {
      clearTimeout(late);
      resolve(value);
    });
  });
}

async function ask(client) {
  const socket = io(url, {
    transports,
    forceNew: true,
    reconnection: false,
    agent: new http.Agent({ keepAlive: false, localAddress: localAddress(client) }),
  });
  const failed = new Promise((_, reject) => {
    socket.once("connect_error", (error) => reject(new Error(`handshake: ${error.message}`)));
    socket.once("disconnect", (reason) => reject(new Error(`disconnected: ${reason}`)));
  });
  failed.catch(() => {});
  try {
    const upgraded =
      transports.length > 1 &&
      event(socket.io, "open", "open").then(() => event(socket.io.engine, "upgrade", "upgrade"));
    if (upgraded) upgraded.catch(() => {});
    await Promise.race([event(socket, "connect", "connect"), failed]);
    const answers = [];
    for (let i = 0; i < ASKS; i++) {
      // Half of the asks before the upgrade from polling to WebSocket, half of them after it.
      if (i === 2 && upgraded) await Promise.race([upgraded, failed]);
      answers.push(await Promise.race([socket.timeout(DEADLINE_MS).emitWithAck("who"), failed]));
    }
    const wanted = transports.at(-1);
    if (socket.io.engine.transport.name !== wanted) {
      throw new Error(`on ${socket.io.engine.transport.name} instead of ${wanted}`);
    }
    if (!answers.every((answer) => /^worker=\d+$/.test(answer) && answer === answers[0])) {
      throw new Error(`moved: ${answers.join(" ")}`);
    }
    return answers[0].slice("worker=".length);
  } finally {
    socket.disconnect();
  }
}

const results = await Promise.allSettled(Array.from({ length: count }, (_, client) => ask(client)));
const kept = results.filter((result) => result.status === "fulfilled");
const workers = [...new Set(kept.map((result) => result.value))].sort();
console.log(`kept=${kept.length} of=${count} workers=${workers.join(",")}`);
const reasons = new Map();
for (const { status, reason } of results) {
  if (status === "rejected") reasons.set(reason.message, (reasons.get(reason.message) ?? 0) + 1);
}
for (const [reason, times] of reasons) console.log(`${times} x ${reason}`);
process.exit(kept.length === count ? 0 : 1);
