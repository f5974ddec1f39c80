// Deciding rows one after another: keys act on the row in focus, the next open row follows, its quote is shown.
const ROW = "[data-row]:not([data-row=''])";
let held = null;

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
// after a decision, else back to where it was.
function goOn() {
  if (!held) return;
  const rows = [...document.querySelectorAll(ROW)];
  const place = rows.findIndex((row) => row.dataset.row === held.id);
  const here = rows[place];
  const isDecided = held.wasOpen && here && !here.hasAttribute("data-row-open");
  const onward = isDecided ? rows.slice(place + 1).find((row) => row.hasAttribute("data-row-open")) : null;
  held = null;
  (onward ?? here)?.querySelector("[data-row-link]")?.focus();
}

export function watchReview() {
  document.addEventListener("focusin", (event) => { const row = rowOf(event.target); if (row) showQuote(row); });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = rowOf(document.activeElement);
    if (row && event.detail.target.contains(row)) held = { id: row.dataset.row, wasOpen: row.hasAttribute("data-row-open") };
  });
  document.addEventListener("htmx:afterSettle", goOn);
}
