// Asks the passkey to sign the letter: the challenge is the hash of its words. What it answers goes with the form.
(() => {
  const form = document.querySelector("[data-sign-passkey]");
  const place = document.getElementById("passkey-question");
  if (!form || !place) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => {
    let all = "";
    for (const byte of new Uint8Array(buffer)) all += String.fromCharCode(byte);
    return btoa(all).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const problem = form.querySelector("[data-problem]");
  let answered = false;

  form.addEventListener("submit", async (event) => {
    if (answered) return;
    event.preventDefault();
    problem.hidden = true;
    const question = JSON.parse(place.textContent);
    try {
      const answer = await navigator.credentials.get({
        publicKey: {
          ...question,
          challenge: bytes(question.challenge),
          allowCredentials: question.allowCredentials.map((key) => ({ ...key, id: bytes(key.id) })),
        },
      });
      form.querySelector("[name=assertion]").value = JSON.stringify({
        rawId: text(answer.rawId),
        response: {
          clientDataJSON: text(answer.response.clientDataJSON),
          authenticatorData: text(answer.response.authenticatorData),
          signature: text(answer.response.signature),
        },
      });
      answered = true;
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
})();
