// Opens dialogs and drawers when htmx has filled them; closes them by button, by a click outside, or by Escape.
const SHELLS = { "dialog-content": "dialog", "drawer-content": "drawer" };

export function watchDialogs() {
  document.addEventListener("htmx:afterSwap", (event) => {
    const shell = document.getElementById(SHELLS[event.detail.target.id]);
    if (!shell || shell.open) return;
    shell.showModal();
    shell.querySelector("[autofocus], .dialog-body :is(input:not([type=hidden]), select, textarea)")?.focus();
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
