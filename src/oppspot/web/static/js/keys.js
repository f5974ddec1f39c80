// Keyboard: j and k walk the rows, / searches, ? helps, g and a letter go places, a button's own key presses it.
import { pressInRow } from "./review.js";

const STORE = "oppspot.keys";
const CHORD = 1200;
const ROWS = "table tbody tr[data-row], [data-rows] > [data-row]";

let goingSince = 0;

const isOn = () => localStorage.getItem(STORE) !== "off";
const isTyping = (element) => element.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

function walk(step) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility());
  if (!rows.length) return false;
  const here = rows.indexOf(document.activeElement?.closest("[data-row]"));
  const row = rows[Math.min(rows.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  (row.querySelector("a[data-row-link], a") ?? row).focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function toggleRow() {
  const box = document.activeElement?.closest("[data-row]")?.querySelector("[data-row-check]");
  box?.click();
  return Boolean(box);
}

function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog.open) dialog.showModal();
  return true;
}

function search() {
  const field = document.querySelector("[data-search]");
  field?.focus();
  field?.select();
  return Boolean(field);
}

function press(selector) {
  const element = document.querySelector(selector);
  element?.click();
  return Boolean(element);
}

function answer(key) {
  const going = Date.now() - goingSince < CHORD;
  goingSince = 0;
  if (going) return press(`[data-go="${CSS.escape(key)}"]`);
  switch (key) {
    case "j": return walk(1);
    case "k": return walk(-1);
    case "x": return toggleRow();
    case "/": return search();
    case "?": listKeys(); return open("keys");
    case "g": goingSince = Date.now(); return true;
    default: return pressInRow(key) || press(`[data-key="${CSS.escape(key)}"]`);
  }
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key.length !== 1) return;
  if (!isOn() && event.key !== "?") return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (answer(event.key)) event.preventDefault();
}

// The help lists what this page offers, read from the page itself.
function listKeys() {
  const list = document.querySelector("[data-key-list]");
  const places = [...document.querySelectorAll("[data-go]")].map((link) => [link, ["g", link.dataset.go]]);
  const actions = [...document.querySelectorAll("[data-key]")].map((button) => [button, [button.dataset.key]]);
  const inRow = new Map([...document.querySelectorAll("[data-row-key]")].map((control) => [control.dataset.rowKey, control]));
  const deeds = [...inRow].map(([key, control]) => [control, [key]]);
  const box = document.querySelector("[data-row-check]");
  if (box) deeds.unshift([box, ["x"]]);
  list.replaceChildren(...[...deeds, ...actions, ...places].map(([element, keys]) => {
    const line = document.createElement("div");
    const term = line.appendChild(document.createElement("dt"));
    term.textContent = element.dataset.keyName ?? element.textContent.trim();
    const detail = line.appendChild(document.createElement("dd"));
    keys.forEach((key) => { detail.appendChild(document.createElement("kbd")).textContent = key; });
    return line;
  }));
}

export function watchKeys() {
  listKeys();
  const box = document.querySelector("[data-keys-switch]");
  box.checked = isOn();
  box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "on" : "off"));
  document.addEventListener("keydown", onKey);
}
