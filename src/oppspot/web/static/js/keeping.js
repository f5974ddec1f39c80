// Live updates must not take away what somebody is in the middle of: typed text, chosen rows, an open menu. Those wait.
// What is only looked at (open details, the focused link) is put back after an update.
const RETRY = 1500;
const FIELDS = "form :is(input:not([type=hidden]), textarea, select)";
const waiting = new Map(); // element: topic event that waits

const isLive = (event) => event?.type?.startsWith("live:");

function isChanged(field) {
  if (field instanceof HTMLSelectElement) {
    const before = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, before);
  }
  return field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

export function isBusy(element) {
  const here = document.activeElement;
  // On the way from a field to its button nothing may move either.
  const isOnTheWay = here.matches("button") && here.form?.querySelector(FIELDS);
  if (element.contains(here) && (isOnTheWay || here.matches("textarea, select, input:not([type=checkbox], [type=radio])"))) return true;
  if (element.querySelector("[data-row-check]:checked, [popover]:popover-open")) return true;
  return [...element.querySelectorAll(FIELDS)].some(isChanged);
}

function tell() {
  const root = document.documentElement;
  if (waiting.size && root.dataset.live === "live") root.dataset.live = "waiting";
  if (!waiting.size && root.dataset.live === "waiting") root.dataset.live = "live";
  const text = { waiting: "Paused while you edit", live: "Live" }[root.dataset.live];
  if (text) document.querySelectorAll("[data-live-text]").forEach((el) => { el.textContent = text; });
}

function retry() {
  for (const [element, name] of waiting) {
    if (element.isConnected && isBusy(element)) continue;
    waiting.delete(element);
    if (element.isConnected) window.htmx.trigger(document.body, name);
  }
  tell();
  if (waiting.size) setTimeout(retry, RETRY);
}

function hold(event) {
  const { elt, triggeringEvent } = event.detail.requestConfig;
  if (!isLive(triggeringEvent) || !isBusy(elt)) return;
  event.preventDefault();
  if (!waiting.size) setTimeout(retry, RETRY);
  waiting.set(elt, triggeringEvent.type);
  tell();
}

const nameOf = (details) => details.querySelector("summary").textContent.trim();
let kept = null;

function remember(event) {
  const { target, requestConfig } = event.detail;
  if (event.defaultPrevented || !isLive(requestConfig.triggeringEvent)) return;
  const here = document.activeElement;
  const href = target.contains(here) ? here.getAttribute("href") : null;
  kept = { target, href, open: [...target.querySelectorAll("details[open]")].map(nameOf) };
}

function restore() {
  if (!kept) return;
  const { target, href, open } = kept;
  kept = null;
  target.querySelectorAll("details").forEach((details) => { if (open.includes(nameOf(details))) details.open = true; });
  if (href) target.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
}

export function keepWork() {
  document.addEventListener("htmx:beforeRequest", hold);
  // Somebody may have begun while the answer was on its way.
  document.addEventListener("htmx:beforeSwap", hold);
  document.addEventListener("htmx:beforeSwap", remember);
  document.addEventListener("htmx:afterSwap", restore);
}
