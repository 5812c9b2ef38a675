// One POST of JSON. Never throws: status 0 means that nothing came back.
const PATIENCE = 20000;

// Signing in again, in another tab, changes the token; the cookie holds the present one.
export function csrfToken(form) {
  const found = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
  return found ? found[1] : form.elements.csrfmiddlewaretoken.value;
}

export async function post(form, url, body, keepalive = false) {
  const gone = new AbortController();
  const timer = setTimeout(() => gone.abort(), PATIENCE);
  const began = performance.now();
  try {
    const response = await fetch(url, {
      method: "POST",
      keepalive,
      credentials: "same-origin",
      signal: gone.signal,
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(form), Accept: "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const isJson = (response.headers.get("Content-Type") || "").includes("json");
    const data = isJson ? await response.json() : {};
    return { status: response.status, data, isJson, trip: performance.now() - began };
  } catch (lost) {
    return { status: 0, data: {}, isJson: false, trip: performance.now() - began };
  } finally {
    clearTimeout(timer);
  }
}
