// Marking by hand: what is typed is kept on the server, Ctrl+Enter gives the mark. The form works without it.
const form = document.querySelector("[data-marking]");
if (form) start(form);

function start(form) {
  const kept = form.querySelector("[data-kept]");
  const text = () => new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)])).toString();
  let sent = text();
  let timer = 0;

  async function keep() {
    const body = text();
    if (body === sent) return;
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { "Content-Type": "application/x-www-form-urlencoded" } });
      if (answer.status === 404) { kept.textContent = (await answer.json()).message; return; }
      if (!answer.ok) throw new Error(String(answer.status));
      sent = body;
      kept.textContent = form.dataset.wordKept;
    } catch {
      kept.textContent = form.dataset.wordLost;
      timer = setTimeout(keep, 5000);
    }
  }

  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 800); });
  form.addEventListener("submit", () => clearTimeout(timer));
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
}
