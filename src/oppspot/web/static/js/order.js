// Rows that are put in order by dragging: the whole order is posted at once, by the form that data-order names.
const made = new WeakSet();

function make(list) {
  if (made.has(list) || !window.Sortable) return;
  made.add(list);
  window.Sortable.create(list, {
    handle: "[data-grip]",
    animation: 150,
    forceFallback: true, // the same with mouse, finger and pen
    fallbackTolerance: 3,
    onEnd: (event) => {
      if (event.oldIndex === event.newIndex) return;
      list.querySelectorAll(".grip-place").forEach((place, index) => { place.textContent = index + 1; });
      document.getElementById(list.dataset.order).requestSubmit();
    },
  });
}

export function watchOrder() {
  const makeAll = () => document.querySelectorAll("[data-order]").forEach(make);
  document.addEventListener("htmx:afterSettle", makeAll);
  document.addEventListener("DOMContentLoaded", makeAll); // the library's script stands after this one
}
