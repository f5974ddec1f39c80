// Selecting rows: the box in the head selects all, the bar says how many.
const ROW = "[data-row-check]";

function boxesOf(form) {
  return [...document.querySelectorAll(ROW)].filter((box) => box.form === form);
}

function count(form) {
  const boxes = boxesOf(form);
  const chosen = boxes.filter((box) => box.checked).length;
  form.querySelector("[data-bulk-count]").textContent = chosen;
  form.classList.toggle("has-selection", chosen > 0);
  const all = boxes[0]?.closest("table")?.querySelector("[data-check-all]");
  if (!all) return;
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

function countAll() {
  document.querySelectorAll("[data-bulk-bar]").forEach(count);
}

export function watchRows() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-check-all]")) {
      event.target.closest("table").querySelectorAll(ROW).forEach((box) => { box.checked = event.target.checked; });
      countAll();
    } else if (event.target.matches(ROW)) {
      count(event.target.form);
    }
  });
  document.addEventListener("reset", () => setTimeout(countAll));
  document.addEventListener("htmx:afterSettle", countAll);
  countAll();
}
