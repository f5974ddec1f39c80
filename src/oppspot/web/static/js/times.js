// Keeps countdowns and relative times true while a page is open. Says exactly what oppspot/web/times.py says.
const MINUTE = 60, HOUR = 3600, DAY = 86400, WEEK = 604800, JUST_NOW = 45;
const TICK = 1000;

export function duration(seconds) {
  const whole = Math.max(0, Math.trunc(seconds));
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${String(Math.floor((whole % HOUR) / MINUTE)).padStart(2, "0")} min`;
  return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`;
}

// Null beyond a week: the server's date stays.
export function relative(seconds) {
  const distance = Math.abs(seconds);
  if (distance < JUST_NOW) return "just now";
  if (distance >= WEEK) return null;
  const words = distance < HOUR ? `${Math.max(1, Math.floor(distance / MINUTE))} min`
    : distance < DAY ? `${Math.floor(distance / HOUR)} h` : `${Math.floor(distance / DAY)} d`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

export function countdown(left, warnWithin) {
  if (left <= 0) return { text: `${duration(-left)} over`, state: "over" };
  return { text: `${duration(left)} left`, state: left <= warnWithin ? "soon" : "calm" };
}

function tell(element, text) {
  if (text !== null && element.textContent !== text) element.textContent = text;
}

function tick() {
  const now = Date.now() / 1000;
  for (const box of document.querySelectorAll("[data-countdown]")) {
    const time = box.querySelector("time");
    const { text, state } = countdown(Date.parse(time.dateTime) / 1000 - now, Number(box.dataset.warn));
    tell(time, text);
    box.className = `left left-${state}`;
  }
  for (const time of document.querySelectorAll("time[data-relative]")) {
    tell(time, relative(now - Date.parse(time.dateTime) / 1000));
  }
}

export function keepTime() {
  tick();
  setInterval(() => { if (!document.hidden) tick(); }, TICK);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  document.addEventListener("htmx:afterSettle", tick);
}
