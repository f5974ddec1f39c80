// The live channel. Elements name topics in data-live-topic; when one changes, the event `live:TOPIC` is triggered on the
// body, and whoever has hx-trigger="live:TOPIC from:body" fetches itself anew. The channel carries names, never contents.
//   to the server    {"topics": [...]}   every topic on the page; replaces the list sent before
//   from the server  {"topics": [...]}   what changed
const FIRST_WAIT = 1000, LONGEST_WAIT = 30000, GATHER = 250;
const APART = 2000; // however much happens, a page fetches itself no more often
const REFUSED = new Set([1008, 4401, 4403]);
const TEXT = { connecting: "Connecting", live: "Live", lost: "Reconnecting", refused: "Not live" };

let socket = null, wait = FIRST_WAIT, wasLive = false, sent = "", flushedAt = 0;
const gathered = new Set();

function topicsOnPage() {
  const names = [...document.querySelectorAll("[data-live-topic]")].flatMap((el) => el.dataset.liveTopic.split(/\s+/));
  return [...new Set(names.filter(Boolean))].sort();
}

function tell(state) {
  document.documentElement.dataset.live = state;
  document.querySelectorAll("[data-live-text]").forEach((el) => { el.textContent = TEXT[state]; });
}

function announce(topics) {
  if (!gathered.size) setTimeout(flush, Math.max(GATHER + Math.random() * GATHER, flushedAt + APART - Date.now()));
  topics.forEach((topic) => gathered.add(topic));
}

function flush() {
  const topics = [...gathered];
  gathered.clear();
  flushedAt = Date.now();
  topics.forEach((topic) => window.htmx.trigger(document.body, `live:${topic}`));
}

function subscribe() {
  const message = JSON.stringify({ topics: topicsOnPage() });
  if (socket?.readyState !== WebSocket.OPEN || message === sent) return;
  socket.send(message);
  sent = message;
}

function connect() {
  tell(wasLive ? "lost" : "connecting");
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`);
  socket.addEventListener("open", () => {
    tell("live");
    wait = FIRST_WAIT;
    sent = "";
    subscribe();
    if (wasLive) announce(topicsOnPage()); // something may have changed while we were away
    wasLive = true;
  });
  socket.addEventListener("message", (event) => announce(JSON.parse(event.data).topics));
  socket.addEventListener("close", (event) => {
    socket = null;
    if (REFUSED.has(event.code)) { tell("refused"); return; }
    tell(wasLive ? "lost" : "connecting");
    setTimeout(connect, wait * (0.5 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  });
}

export function watchTopics() {
  const update = () => {
    if (!topicsOnPage().length) return;
    if (document.documentElement.dataset.live) subscribe(); else connect();
  };
  update();
  document.addEventListener("htmx:afterSettle", update);
}
