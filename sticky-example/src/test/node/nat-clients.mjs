// Usage: node nat-clients.mjs URL COUNT TRANSPORTS
//
// Connects COUNT socket.io clients that share one address, each with an id of its own in the query
// ("client") and with a new TCP connection for every request, and has each ask five times which
// worker serves it. Prints one line, "kept=60 of=60 workers=0,1,2", and why others failed; the exit
// code is 0 if all kept theirs.

import { randomUUID } from "node:crypto";
import http from "node:http";
import { io } from "socket.io-client";

const ASKS = 5;
const DEADLINE_MS = 45_000;

const [url, countText, transportsText] = process.argv.slice(2);
const count = Number(countText);
const transports = transportsText.split(",");

async function ask() {
  const socket = io(url, {
    transports,
    forceNew: true,
    reconnection: false,
    timeout: DEADLINE_MS,
    query: { client: randomUUID() },
    agent: new http.Agent({ keepAlive: false, localAddress: "127.0.0.1" }),
  });
  const upgraded = new Promise((resolve) => {
    const wait = () => socket.io.engine.once("upgrade", resolve);
    if (transports.length > 1) socket.io.once("open", wait);
    else resolve();
  });
  let late;
  const failed = new Promise((_, reject) => {
    socket.once("connect_error", (error) => reject(new Error(`handshake: ${error.message}`)));
    socket.io.once("close", (reason) => reject(new Error(`disconnected: ${reason}`)));
    late = setTimeout(() => reject(new Error(`late: ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  failed.catch(() => {});
  try {
    await Promise.race([new Promise((resolve) => socket.once("connect", resolve)), failed]);
    const answers = [];
    for (let i = 0; i < ASKS; i++) {
      // Half of the asks before the upgrade from polling to WebSocket, half of them after it.
      if (i === 2) await Promise.race([upgraded, failed]);
      answers.push(await Promise.race([socket.emitWithAck("who"), failed]));
    }
    if (!answers.every((answer) => /^worker=\d+$/.test(answer) && answer === answers[0])) {
      throw new Error(`moved: ${answers.join(" ")}`);
    }
    return answers[0].slice("worker=".length);
  } finally {
    clearTimeout(late);
    socket.disconnect();
  }
}

const results = await Promise.allSettled(Array.from({ length: count }, ask));
const kept = results.filter((result) => result.status === "fulfilled");
const workers = [...new Set(kept.map((result) => result.value))].sort();
console.log(`kept=${kept.length} of=${count} workers=${workers.join(",")}`);
const reasons = new Set(results.filter((r) => r.reason).map((r) => r.reason.message));
for (const reason of reasons) console.log(reason);
process.exit(kept.length === count ? 0 : 1);
