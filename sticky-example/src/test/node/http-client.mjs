// What the scripts share: an HTTP client that keeps its connection as long as the server does.

import http from "node:http";

const TIMEOUT_MS = 30_000;

export class KeepAliveClient {
  #url;
  #agent;

  constructor(url, localAddress) {
    this.#url = url;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: 1, localAddress });
  }

  /** Resolves to the body of a response with status 200; rejects for anything else. */
  request(method, path, body) {
    return new Promise((resolve, reject) => {
      const request = http.request(
        new URL(path, this.#url),
        { method, agent: this.#agent, headers: { "Content-Length": body?.length ?? 0 } },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk) => (text += chunk));
          response.on("error", reject);
          response.on("end", () =>
            response.statusCode === 200 ? resolve(text) : reject(new Error(`HTTP status ${response.statusCode}`))
          );
        }
      );
      request.setTimeout(TIMEOUT_MS, () => request.destroy(new Error(`nothing for ${TIMEOUT_MS} ms`)));
      request.on("error", (error) =>
        reject(new Error(`${error.message} (${request.reusedSocket ? "kept" : "new"} connection)`))
      );
      request.end(body);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Prints every failure once, and how often it came. */
export function summarize(failures) {
  const times = new Map();
  for (const failure of failures) times.set(failure, (times.get(failure) ?? 0) + 1);
  for (const [failure, count] of times) console.log(`${count} x ${failure}`);
}
