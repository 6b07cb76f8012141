import { Socket } from "./socket.js";

const $ = (id) => document.getElementById(id);
const NAME_KEY = "sticky-chat-name";
const MAX_SHOWN_ASKS = 12;
const MAX_SHOWN_MESSAGES = 200;

// Relative, so that the page also works below a path of a reverse proxy.
const path = new URL("socket.io/", document.baseURI).pathname;
const socket = new Socket(path);

let here = null; // the worker that serves us: the last welcome's whoAmI
let you = null; // how the worker knows us: the last welcome's member
let name = null; // the name we have joined with
let lastFrom = null; // who spoke last in the log
const asks = []; // the worker indices that answered "ask again"

const hueOf = (index) => (255 + index * 137.508) % 360;
const hueOfText = (text) => [...text].reduce((sum, c) => (sum * 31 + c.codePointAt(0)) % 360, 7);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function face(label) {
  const made = element("span", "face", [...label][0]);
  made.style.setProperty("--h", hueOfText(label));
  made.setAttribute("aria-hidden", "true");
  return made;
}

function remembered() {
  try {
    return localStorage.getItem(NAME_KEY);
  } catch {
    return null; // Storage can be switched off.
  }
}

function remember(value) {
  try {
    if (value) localStorage.setItem(NAME_KEY, value);
    else localStorage.removeItem(NAME_KEY);
  } catch {
    // Then the name has to be typed again, nothing worse.
  }
}

// ---- the connection -------------------------------------------------------------------------

function showState(state, text, notice) {
  document.body.dataset.connection = state;
  $("status").dataset.state = state;
  $("status-text").textContent = text;
  $("notice").hidden = !notice;
  $("notice").textContent = notice || "";
  for (const button of document.querySelectorAll("form [type=submit], #ask")) {
    button.disabled = state !== "live";
  }
}

function showTransport() {
  $("transport").textContent = socket.transport ?? "–";
}

socket.on("connect", showTransport);
socket.on("upgrade", showTransport);

socket.on("disconnect", () => {
  const who = here ? `worker ${here.worker}` : "your worker";
  showState("lost", "Reconnecting", `Connection lost. Waiting for ${who} to be back.`);
  showTransport();
});

socket.on("connect_error", () => {
  const known = here ? `Waiting for worker ${here.worker} to be back.` : "Trying again.";
  showState("lost", "Reconnecting", `Can’t get through. ${known}`);
});

socket.on("welcome", (welcome) => {
  const before = here;
  here = welcome.whoAmI;
  you = welcome.you;
  showState("live", "Live", "");
  showTransport();
  showWorker();
  if (before && before.worker !== here.worker) {
    clearLog();
    addEvent(`You were moved from worker ${before.worker} to worker ${here.worker}.`);
  } else if (before && before.pid !== here.pid) {
    clearLog();
    addEvent(
      `Worker ${here.worker} is back as process ${here.pid} (it was ${before.pid}). ` +
        "You still belong to it, but its memory of the chat is gone."
    );
  }
  if (name) join(name);
});

// ---- the worker -----------------------------------------------------------------------------

function showWorker() {
  document.documentElement.style.setProperty("--hue", hueOf(here.worker));
  document.title = `Worker ${here.worker} · sticky-cluster chat`;
  $("worker").textContent = here.worker;
  $("room").textContent = here.env.CHAT_ROOM || "no name";
  $("pid").textContent = here.pid;
  $("address").textContent = you.address;
}

function ask() {
  $("ask").disabled = true;
  $("asked-text").textContent = "Asking…";
  // A connection of its own, by polling: every request comes on a new TCP connection.
  const other = new Socket(path, { upgrade: false, reconnect: false });
  const end = (text) => {
    other.close();
    $("asked-text").textContent = text;
    $("ask").disabled = !socket.connected;
  };
  other.on("connect_error", () => end("No answer. Try again in a moment."));
  other.on("connect", async () => {
    try {
      const answer = await other.ask("who");
      asks.push(Number(answer.split("=")[1]));
      showAsks();
      end(askedText());
    } catch {
      end("No answer. Try again in a moment.");
    }
  });
}

function askedText() {
  const same = asks.filter((index) => index === here.worker).length;
  if (same < asks.length) {
    return `Worker ${here.worker} answered ${same} of ${asks.length} times: this is not sticky.`;
  }
  return asks.length === 1
    ? `Worker ${here.worker} again, on a connection of its own.`
    : `Worker ${here.worker} every time: ${asks.length} of ${asks.length}.`;
}

function showAsks() {
  $("asks").replaceChildren(
    ...asks.slice(-MAX_SHOWN_ASKS).map((index) => {
      const made = element("span", "", index);
      made.style.setProperty("--h", hueOf(index));
      return made;
    })
  );
}

$("ask").addEventListener("click", ask);

// ---- people ---------------------------------------------------------------------------------

socket.on("people", ({ joined, named, watching }) => {
  $("people-count").textContent = named;
  $("people-empty").hidden = named > 0;
  $("people").replaceChildren(
    ...joined.map((member) => {
      const row = element("li");
      const who = element("span", "who", member.name);
      if (you && member.id === you.id) who.append(" ", element("span", "you", "you"));
      who.append(element("small", "", member.address));
      row.append(face(member.name), who);
      return row;
    })
  );
  const unseen = named - joined.length;
  const notes = [];
  if (unseen > 0) notes.push(`and ${unseen} more`);
  if (watching > 0) notes.push(`${watching} watching without a name`);
  $("watching").hidden = notes.length === 0;
  $("watching").textContent = notes.join(", ");
});

// ---- chat -----------------------------------------------------------------------------------

function append(node) {
  const log = $("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  $("log-empty").hidden = true;
  log.append(node);
  // The empty state stays as the first child.
  while (log.children.length > MAX_SHOWN_MESSAGES + 1) log.children[1].remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function clearLog() {
  $("log").replaceChildren($("log-empty"));
  $("log-empty").hidden = false;
  lastFrom = null;
}

function addEvent(text) {
  lastFrom = null;
  append(element("p", "event", text));
}

function addMessage(message) {
  const mine = you && message.from === you.id;
  const follows = message.from === lastFrom;
  lastFrom = message.from;
  const made = element("article", `message${mine ? " mine" : ""}${follows ? " follows" : ""}`);
  const head = element("header");
  const time = new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  head.append(element("b", "", message.name), " ");
  if (here && message.worker !== here.worker) {
    const from = element("span", "elsewhere", `worker ${message.worker}`);
    from.style.setProperty("--h", hueOf(message.worker));
    head.append(from, " ");
  }
  head.append(element("time", "", time));
  made.append(head, face(message.name), element("p", "", message.text));
  append(made);
}

function showError(id, text) {
  $(id).hidden = !text;
  $(id).textContent = text || "";
}

/** Asks the worker, shows what it says against it, and resolves to its answer or to null. */
async function request(event, data, errorId, noAnswer) {
  let problem;
  try {
    const answer = await socket.ask(event, data);
    problem = answer.error && `Sorry: ${answer.error}.`;
    if (!problem) {
      showError(errorId, "");
      return answer;
    }
  } catch {
    problem = noAnswer;
  }
  showError(errorId, problem);
  return null;
}

async function join(wanted) {
  const answer = await request("join", wanted, "join-error", "No answer. Please try again.");
  if (!answer) return;
  const first = name === null;
  name = answer.name;
  remember(name);
  $("me").textContent = name;
  if (first || $("log").querySelector(".message") === null) {
    for (const message of answer.history) addMessage(message);
  }
  $("join").hidden = true;
  $("say").hidden = false;
  if (first) $("text").focus({ preventScroll: true });
}

$("join").addEventListener("submit", (event) => {
  event.preventDefault();
  clearLog();
  join($("name").value);
});

$("leave").addEventListener("click", () => {
  socket.send("leave");
  name = null;
  remember(null);
  $("say").hidden = true;
  $("join").hidden = false;
  $("name").focus();
});

$("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("text").value;
  if (!text.trim()) return;
  const sent = await request("message", text, "say-error", "Not sent. Please try again.");
  if (sent && $("text").value === text) $("text").value = "";
});

socket.on("message", addMessage);

$("name").value = remembered() || "";
