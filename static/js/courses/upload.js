// Sends a long file in pieces and goes on where it stopped.
(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const words = document.getElementById("upload-words");
  const bar = document.getElementById("upload-progress");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const call = async (url, options) => {
    const response = await fetch(url, {
      credentials: "same-origin",
      ...options,
      headers: { Accept: "application/json", "X-CSRFToken": token, ...(options.headers || {}) },
    });
    const body = await response.json();
    return { status: response.status, ...body };
  };
  const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const json = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = form.elements.file.files[0];
    const key = `upload:${file.name}:${file.size}:${file.lastModified}`;
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      let url = localStorage.getItem(key);
      let state = url ? await call(url, { method: "GET" }) : null;
      if (!state || state.status !== 200) {
        state = await call(form.dataset.start, json({ name: file.name, title: form.elements.title.value, size: file.size }));
        if (state.status !== 201) throw new Error(state.message);
        url = state.url;
        localStorage.setItem(key, url);
      }
      let at = state.received;
      while (at < file.size) {
        const piece = await file.slice(at, at + Number(form.dataset.piece)).arrayBuffer();
        const hash = hex(await crypto.subtle.digest("SHA-256", piece));
        state = await call(url, { method: "PUT", body: piece, headers: { "Content-Type": "application/octet-stream", "X-Offset": at, "X-Sha256": hash } });
        if (state.status !== 200 && state.status !== 409) throw new Error(state.message);
        at = state.received;
        bar.value = (100 * at) / file.size;
        words.textContent = `${Math.floor(bar.value)}%`;
      }
      state = await call(`${url}finish/`, json({}));
      localStorage.removeItem(key);
      if (state.status !== 201) throw new Error(state.message);
      words.textContent = words.dataset.done;
      window.location.assign(state.url);
    } catch (error) {
      words.textContent = error instanceof TypeError ? words.dataset.failed : error.message;
    } finally {
      button.disabled = false;
    }
  });
})();
