// Deciding rows one after another: keys act on the row in focus, the next open row follows, its quote is shown.
let decided = null;

const rowOf = (element) => element?.closest?.("[data-row]:not([data-row=''])");

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

// What was decided is answered with the whole list: focus goes to the next open row, or stays.
function goOn() {
  if (!decided) return;
  const rows = [...document.querySelectorAll("[data-row]:not([data-row=''])")];
  const place = rows.findIndex((row) => row.dataset.row === decided.id);
  const here = rows[place];
  const onward = here && decided.wasOpen && !here.hasAttribute("data-row-open") ? rows.slice(place + 1).find((row) => row.hasAttribute("data-row-open")) : null;
  decided = null;
  (onward ?? here)?.querySelector("[data-row-link]")?.focus();
}

export function watchReview() {
  document.addEventListener("focusin", (event) => { const row = rowOf(event.target); if (row) showQuote(row); });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = rowOf(event.target);
    if (row) decided = { id: row.dataset.row, wasOpen: row.hasAttribute("data-row-open") };
  });
  document.addEventListener("htmx:afterSettle", goOn);
}
