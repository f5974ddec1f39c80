// Deciding rows one after another: keys act on the row in focus, the next open row follows, its quote is shown.
const ROW = "[data-row]:not([data-row=''])";
let held = null;
let last = null;

const rowOf = (element) => element?.closest?.(ROW);

export function pressInRow(key) {
  const row = rowOf(document.activeElement);
  const control = row?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
  if (!control) return false;
  control.click();
  if (control.matches("summary")) control.parentElement.querySelector("form :is(input:not([type=hidden]), select, textarea)")?.focus();
  return true;
}

function showQuote(row) {
  document.querySelectorAll("mark.is-current").forEach((mark) => mark.classList.remove("is-current"));
  const marks = document.querySelectorAll(`mark[data-quotes~="${CSS.escape(row.dataset.row)}"]`);
  marks.forEach((mark) => mark.classList.add("is-current"));
  marks[0]?.scrollIntoView({ block: "nearest" });
}

// What was decided is answered with the whole list, and live updates replace it too: focus goes to the next open row
// after a decision, else back to where it was, or to what stands there now if it is gone.
function goOn() {
  if (!held) return;
  const rows = [...document.querySelectorAll(ROW)];
  const here = rows.find((row) => row.dataset.row === held.id);
  const isDecided = held.wasOpen && here && !here.hasAttribute("data-row-open");
  // What is decided may have moved elsewhere in the list: the next one stands where it was, or just below.
  const onward = isDecided ? rows.slice(held.place).find((row) => row !== here && row.hasAttribute("data-row-open")) : null;
  const there = onward ?? here ?? rows[Math.min(held.place, rows.length - 1)];
  held = null;
  there?.querySelector("[data-row-link]")?.focus();
}

const placeOf = (row) => ({
  id: row.dataset.row,
  place: [...document.querySelectorAll(ROW)].indexOf(row),
  wasOpen: row.hasAttribute("data-row-open"),
});

// A dialog that closes gives focus back to the row it was opened from, unless that was replaced behind it meanwhile.
function goOnBelow({ target }) {
  const isElsewhere = document.activeElement !== document.body && !target.contains(document.activeElement);
  if (!last || isElsewhere) return;
  held = last;
  goOn();
}

export function watchReview() {
  document.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    last = placeOf(row);
    showQuote(row);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = rowOf(document.activeElement);
    if (row && !event.defaultPrevented && event.detail.target.contains(row)) held = placeOf(row);
  });
  // At once: later it would take the focus away from what the next key has opened.
  document.addEventListener("htmx:afterSwap", goOn);
  // The closing of a dialog does not bubble.
  document.addEventListener("close", goOnBelow, true);
}
