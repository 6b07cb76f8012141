// Usage: node posts.mjs URL MASTER_PID COUNT
//
// Ten HTTP clients with keep-alive, each from a loopback address of its own, send COUNT requests
// of 16,256 bytes to /echo between them, and more until workers have been replaced twice, while the
// master is told to reload again and again. Prints "failed=0 sent=enough reloads=enough".

import { KeepAliveClient, pause, summarize } from "./http-client.mjs";

const CLIENTS = 10;
const DEADLINE_MS = 60_000;
const RELOADS = 2;
const [url, masterPid, countText] = process.argv.slice(2);
const body = "0123456789abcdef".repeat(1016);
const failures = [];
const pids = new Set();
const end = Date.now() + DEADLINE_MS;
let sent = 0;

const enough = () => sent >= Number(countText) && pids.size > RELOADS;

async function postLoop(number) {
  const client = new KeepAliveClient(url, `127.0.5.${1 + number}`);
  while (!enough() && Date.now() < end) {
    try {
      const echo = await client.request("POST", "/echo", body);
      if (echo !== body) failures.push(`POST /echo: ${echo.length} other bytes came back`);
    } catch (error) {
      failures.push(`POST /echo: ${error.message}`);
    }
    sent++;
    await pause(20);
  }
  client.close();
}

async function watch() {
  const client = new KeepAliveClient(url, "127.0.5.100");
  while (!enough() && Date.now() < end) {
    try {
      pids.add(JSON.parse(await client.request("GET", "/whoami")).pid);
    } catch (error) {
      failures.push(`GET /whoami: ${error.message}`);
    }
    process.kill(Number(masterPid), "SIGHUP");
    await pause(200);
  }
  client.close();
}

await Promise.all([watch(), ...Array.from({ length: CLIENTS }, (_, number) => postLoop(number))]);
const said = (holds, value) => (holds ? "enough" : value);
console.log(
  `failed=${failures.length} sent=${said(sent >= Number(countText), sent)} ` +
    `reloads=${said(pids.size > RELOADS, pids.size - 1)}`
);
summarize(failures);
process.exit(0);
