// A small Socket.IO client: what the page needs of https://socket.io/docs/v4/engine-io-protocol/
// (revision 4) and https://socket.io/docs/v4/socket-io-protocol/ (revision 5). It has the main
// namespace and text only, begins by polling, and goes over to a WebSocket if it can.

const SEPARATOR = "\x1e"; // between the packets of one polling request or response
const REQUEST_TIMEOUT_MS = 10_000; // for answers that don't wait for news
const MIN_RETRY_MS = 300;
const MAX_RETRY_MS = 2_000;

/** One Engine.IO session, from its handshake to its end; told about by the four `on…` functions. */
class Session {
  transport = "polling";
  onopen = () => {};
  onmessage = () => {};
  onupgrade = () => {};
  onend = () => {};

  #url;
  #waiting = []; // packets to be sent
  #posting = null; // the promise of the POST that is under way
  #polling = null; // the promise of the GETs
  #pausing = false; // polling ends, the WebSocket isn't in use yet
  #webSocket = null;
  #abort = new AbortController();
  #silenceMs = 0; // how long the server may be silent, as it says
  #silence = null; // the timer of that
  #ended = false;

  constructor(path) {
    this.#url = new URL(path, document.baseURI);
    this.#url.searchParams.set("EIO", "4");
    this.#url.searchParams.set("transport", "polling");
  }

  async start({ upgrade }) {
    try {
      const [first] = await this.#get(REQUEST_TIMEOUT_MS);
      if (!first.startsWith("0")) throw new Error("unexpected handshake");
      const open = JSON.parse(first.slice(1));
      this.#url.searchParams.set("sid", open.sid);
      this.#silenceMs = open.pingInterval + open.pingTimeout;
      this.#expectPing();
      this.onopen();
      this.#polling = this.#poll();
      if (upgrade && open.upgrades.includes("websocket")) this.#upgrade();
    } catch (error) {
      this.#end(error.message);
    }
  }

  /** Sends a Socket.IO packet. */
  send(text) {
    this.#enqueue(`4${text}`);
  }

  /** Says goodbye and ends. */
  close() {
    this.#enqueue("1");
    this.#end("closed");
  }

  #enqueue(packet) {
    if (this.#ended) return;
    this.#waiting.push(packet);
    this.#flush();
  }

  #flush() {
    if (this.#webSocket) {
      for (const packet of this.#waiting.splice(0)) this.#webSocket.send(packet);
    } else if (!this.#pausing && !this.#posting && this.#waiting.length > 0) {
      this.#posting = this.#post(this.#waiting.splice(0).join(SEPARATOR)).finally(() => {
        this.#posting = null;
        this.#flush();
      });
    }
  }

  // ---- polling: one GET that waits for news, one POST at a time beside it

  async #poll() {
    try {
      while (!this.#ended && !this.#pausing) {
        for (const packet of await this.#get(this.#silenceMs)) this.#receive(packet);
      }
    } catch (error) {
      this.#end(error.message);
    }
  }

  async #get(timeoutMs) {
    // Either signal ends it; AbortSignal.any() would leave older browsers out.
    const late = setTimeout(() => this.#abort.abort(), timeoutMs);
    try {
      const response = await fetch(this.#url, { signal: this.#abort.signal, cache: "no-store" });
      if (!response.ok) throw new Error(`HTTP status ${response.status}`);
      return (await response.text()).split(SEPARATOR);
    } finally {
      clearTimeout(late);
    }
  }

  async #post(body) {
    try {
      // Outlives the page, so that a goodbye gets through.
      const response = await fetch(this.#url, { method: "POST", body, keepalive: true });
      if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    } catch (error) {
      this.#end(error.message);
    }
  }

  // ---- the upgrade: try the WebSocket beside polling, let polling finish, then go over

  #upgrade() {
    const url = new URL(this.#url);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("transport", "websocket");
    const candidate = new WebSocket(url);
    this.#abort.signal.addEventListener("abort", () => candidate.close());
    candidate.onopen = () => candidate.send("2probe");
    candidate.onmessage = async ({ data }) => {
      if (data !== "3probe") {
        candidate.close();
        return;
      }
      this.#pausing = true;
      await Promise.all([this.#polling, this.#posting]);
      if (this.#ended) return;
      if (candidate.readyState !== WebSocket.OPEN) {
        this.#end("lost during the upgrade");
        return;
      }
      candidate.send("5");
      candidate.onmessage = (event) => this.#receive(event.data);
      candidate.onclose = () => this.#end("connection closed");
      this.#webSocket = candidate;
      this.transport = "websocket";
      this.#flush();
      this.onupgrade();
    };
  }

  // ---- what comes in

  #receive(packet) {
    if (this.#ended) return;
    const content = packet.slice(1);
    switch (packet[0]) {
      case "1":
        this.#end("closed by the server");
        break;
      case "2":
        this.#expectPing();
        this.#enqueue(`3${content}`);
        break;
      case "4":
        this.onmessage(content);
        break;
      case "6":
        break; // Nothing; it ends a GET that waits.
      default:
        this.#end(`unexpected packet ${packet.slice(0, 20)}`);
    }
  }

  #expectPing() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#end("the server is silent"), this.#silenceMs);
  }

  #end(reason) {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#silence);
    this.#abort.abort();
    this.#webSocket?.close();
    this.onend(reason);
  }
}

/**
 * A Socket.IO connection that comes back by itself. Tells "connect", "disconnect", "connect_error"
 * and "upgrade" like events of the server.
 */
export class Socket {
  connected = false;

  #path;
  #options;
  #session = null;
  #listeners = new Map(); // event name -> functions
  #answers = new Map(); // number of the acknowledgement -> function
  #asked = 0;
  #failures = 0; // since we were last connected
  #closed = false;

  constructor(path, { upgrade = true, reconnect = true } = {}) {
    this.#path = path;
    this.#options = { upgrade, reconnect };
    this.#connect();
  }

  /** The name of the transport in use, or null. */
  get transport() {
    return this.connected ? this.#session.transport : null;
  }

  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  /** Sends an event; without a connection it is lost. */
  send(event, ...data) {
    if (this.connected) this.#session.send(`2${JSON.stringify([event, ...data])}`);
  }

  /** Sends an event and resolves to its acknowledgement; rejects if none comes in time. */
  ask(event, data, timeoutMs = 5_000) {
    return new Promise((resolve, reject) => {
      if (!this.connected) {
        reject(new Error("not connected"));
        return;
      }
      const number = this.#asked++;
      const settle = (how, value) => {
        clearTimeout(late);
        this.#answers.delete(number);
        how(value);
      };
      const late = setTimeout(() => settle(reject, new Error("no answer in time")), timeoutMs);
      this.#answers.set(number, {
        resolve: (value) => settle(resolve, value),
        reject: (error) => settle(reject, error),
      });
      const content = data === undefined ? [event] : [event, data];
      this.#session.send(`2${number}${JSON.stringify(content)}`);
    });
  }

  /** Ends the connection for good. */
  close() {
    this.#closed = true;
    this.#session.close();
  }

  #connect() {
    const session = new Session(this.#path);
    this.#session = session;
    session.onopen = () => session.send("0"); // to the main namespace
    session.onmessage = (text) => this.#receive(text);
    session.onupgrade = () => this.#tell("upgrade");
    session.onend = (reason) => this.#onEnd(reason);
    session.start(this.#options);
  }

  #receive(text) {
    const [, type, number, json] = /^(\d)(\d*)(.*)$/s.exec(text) ?? [];
    switch (type) {
      case "0":
        this.connected = true;
        this.#failures = 0;
        this.#tell("connect");
        break;
      case "1":
      case "4":
        this.#session.close(); // The namespace is closed to us: try again, as after any loss.
        break;
      case "2":
        this.#tell(...JSON.parse(json));
        break;
      case "3":
        this.#answers.get(Number(number))?.resolve(JSON.parse(json)[0]);
        break;
    }
  }

  #onEnd(reason) {
    const wasConnected = this.connected;
    this.connected = false;
    for (const { reject } of [...this.#answers.values()]) reject(new Error(reason));
    if (this.#closed) return;
    this.#tell(wasConnected ? "disconnect" : "connect_error", reason);
    if (!this.#options.reconnect) return;
    // Jitter, so that the clients of a worker that died don't all come back at once.
    const delay = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** this.#failures++);
    setTimeout(() => this.#closed || this.#connect(), delay * (0.5 + Math.random()));
  }

  #tell(event, ...data) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...data);
  }
}
