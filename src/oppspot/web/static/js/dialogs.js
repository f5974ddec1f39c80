// Opens dialogs and drawers when htmx has filled them; closes them by button, by a click outside, by Escape, and when what
// was sent from them is answered by the page behind.
const SHELLS = { "dialog-content": "dialog", "drawer-content": "drawer" };

export function watchDialogs() {
  document.addEventListener("htmx:afterSwap", (event) => {
    const { target, requestConfig } = event.detail;
    const shell = document.getElementById(SHELLS[target.id]);
    const from = requestConfig?.elt.closest("dialog[open]");
    if (from && !shell && !from.contains(target)) from.close();
    if (!shell) return;
    const first = shell.open ? "[aria-invalid=true]" : "[autofocus], .dialog-body :is(input:not([type=hidden]), select, textarea)";
    if (!shell.open) shell.showModal();
    shell.querySelector(first)?.focus();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      opener.closest("[popover]")?.hidePopover();
      document.getElementById(opener.dataset.opens).showModal();
    }
    const closer = event.target.closest("dialog[open] [data-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
    // Where `closedby` is not known yet, a click on the backdrop lands on the dialog itself.
    if (event.target instanceof HTMLDialogElement && !("closedBy" in event.target)) event.target.close();
  });
}
