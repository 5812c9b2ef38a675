// Tablets are shared: after some minutes without a touch the next one finds the door. The server ends the session too,
// later, for pages where this script does not run.
{
  const { idle, alive } = document.currentScript.dataset;
  const most = Number(idle) * 1000;
  let touched = Date.now();
  let told = touched;
  const token = () => document.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? "";
  const tell = () => {
    told = Date.now();
    const headers = { "X-CSRFToken": token() };
    fetch(alive, { method: "POST", headers, credentials: "same-origin" })
      .then((answer) => { if (answer.status === 410) location.reload(); })
      .catch(() => { told = 0; });
  };
  const touch = () => {
    touched = Date.now();
    if (touched - told > 60_000) tell();
  };
  ["pointerdown", "keydown", "scroll", "input"].forEach((kind) => addEventListener(kind, touch, { passive: true }));
  const look = () => {
    if (Date.now() - touched < most) return;
    const leave = document.querySelector('form[action$="/class/leave/"]');
    if (leave && navigator.onLine) leave.requestSubmit();
  };
  setInterval(look, 5000);
}
