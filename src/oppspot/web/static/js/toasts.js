// Toasts: those the server wrote fade by themselves, and failed htmx requests are told as one.
const STAY = 6000;

function dismiss(toast) {
  toast.classList.add("leaving");
  setTimeout(() => toast.remove(), 200);
}

function start(toast) {
  if (toast.dataset.started) return;
  toast.dataset.started = "yes";
  toast.querySelector("[data-dismiss]")?.addEventListener("click", () => dismiss(toast));
  // A problem or an undo waits until it is read; the rest leave unless someone is looking at them.
  if (toast.classList.contains("toast-problem") || toast.querySelector("form")) return;
  const leave = () => { if (toast.matches(":hover, :focus-within")) setTimeout(leave, STAY); else dismiss(toast); };
  setTimeout(leave, STAY);
}

export function showProblem(message) {
  const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-toast-text]").textContent = message;
  document.getElementById("toasts").append(toast);
  start(toast);
}

function told(xhr) {
  try {
    const problem = JSON.parse(xhr.responseText);
    return `${problem.detail ?? problem.title} (request ${problem.request_id})`;
  } catch {
    return `That did not work (status ${xhr.status}).`;
  }
}

export function watchToasts() {
  const startAll = () => document.querySelectorAll("[data-toast]").forEach(start);
  startAll();
  new MutationObserver(startAll).observe(document.getElementById("toasts"), { childList: true });
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Redirect")) showProblem(told(event.detail.xhr));
  });
  document.addEventListener("htmx:sendError", () => showProblem("The server cannot be reached. Nothing was changed."));
}
