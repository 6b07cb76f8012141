// Usage: node reload.mjs URL MASTER_PID
//
// Ten HTTP clients with keep-alive and six socket.io clients, each from a loopback address of its
// own, ask which worker serves them while the master is told to reload. Ends when everybody has
// been served by a new process. Prints "failed=0 moved=0 renewed=16 of=16", and what failed.

import http from "node:http";
import { io } from "socket.io-client";
import { KeepAliveClient, pause, summarize } from "./http-client.mjs";

const DEADLINE_MS = 60_000;
const [url, masterPid] = process.argv.slice(2);
const failures = [];
let stopped = false;

class Visitor {
  workers = new Set();
  pids = new Set();

  saw(worker, pid) {
    this.workers.add(worker);
    if (pid !== undefined) this.pids.add(pid);
  }
}

async function requestLoop(visitor, number) {
  const client = new KeepAliveClient(url, `127.0.3.${1 + number}`);
  while (!stopped) {
    try {
      const { worker, pid } = JSON.parse(await client.request("GET", "/whoami"));
      visitor.saw(worker, pid);
    } catch (error) {
      failures.push(`GET /whoami: ${error.message}`);
    }
    await pause(10);
  }
  client.close();
}

function socketLoop(visitor, number) {
  const socket = io(url, {
    transports: [["polling"], ["websocket"], ["polling", "websocket"]][number % 3],
    forceNew: true,
    reconnectionDelay: 50,
    agent: new http.Agent({ keepAlive: false, localAddress: `127.0.4.${1 + number}` }),
  });
  // A session ends with its process; the client then comes back, which must always work.
  socket.on("connect_error", (error) => failures.push(`handshake: ${error.message}`));
  socket.on("welcome", ({ whoAmI }) => visitor.saw(whoAmI.worker, whoAmI.pid));
  const timer = setInterval(async () => {
    if (!socket.connected) return;
    try {
      const answer = await socket.timeout(DEADLINE_MS).emitWithAck("who");
      visitor.saw(Number(answer.split("=")[1]));
    } catch {
      // The connection went before the answer: that is what reconnecting is for.
    }
  }, 20);
  return () => {
    clearInterval(timer);
    socket.disconnect();
  };
}

async function until(condition) {
  const end = Date.now() + DEADLINE_MS;
  while (!condition() && Date.now() < end) await pause(20);
}

const visitors = Array.from({ length: 16 }, () => new Visitor());
const loops = visitors.slice(0, 10).map(requestLoop);
const ends = visitors.slice(10).map(socketLoop);
await until(() => visitors.every(({ pids }) => pids.size > 0));
process.kill(Number(masterPid), "SIGHUP");
const renewed = () => visitors.filter(({ pids }) => pids.size > 1).length;
await until(() => renewed() === visitors.length);
stopped = true;
await Promise.all(loops);
ends.forEach((end) => end());
const moved = visitors.filter(({ workers }) => workers.size !== 1).length;
console.log(`failed=${failures.length} moved=${moved} renewed=${renewed()} of=${visitors.length}`);
summarize(failures);
process.exit(0);
