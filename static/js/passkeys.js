// Passkeys (WebAuthn): a form with data-passkey sends what the device says, in its field "credential".
// "create" adds a passkey, "get" shows one, "login" fetches a question from the server first and signs in with one.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => {
    let all = "";
    for (const byte of new Uint8Array(buffer)) all += String.fromCharCode(byte);
    return btoa(all).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const keyed = (list) => (list || []).map((entry) => ({ ...entry, id: bytes(entry.id) }));

  function tell(form, word) {
    const box = form.querySelector("[data-passkey-problem]");
    box.hidden = !word;
    for (const line of box.querySelectorAll("[data-when]")) line.hidden = line.dataset.when !== word;
  }

  async function optionsOf(form) {
    if (form.dataset.passkey !== "login") return JSON.parse(document.getElementById("passkey-options").textContent);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new TypeError("no options");
    return answer.json();
  }

  async function create(form) {
    const { publicKey } = (await optionsOf(form)).creation_options;
    const alone = form.elements.passwordless;
    if (alone) {
      publicKey.authenticatorSelection = {
        ...publicKey.authenticatorSelection,
        residentKey: alone.checked ? "required" : "discouraged",
        requireResidentKey: alone.checked,
        ...(alone.checked ? { userVerification: "required" } : {}),
      };
    }
    return navigator.credentials.create({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        user: { ...publicKey.user, id: bytes(publicKey.user.id) },
        excludeCredentials: keyed(publicKey.excludeCredentials),
      },
    });
  }

  async function get(form) {
    const { publicKey } = (await optionsOf(form)).request_options;
    return navigator.credentials.get({
      publicKey: {
        ...publicKey,
        challenge: bytes(publicKey.challenge),
        allowCredentials: keyed(publicKey.allowCredentials),
      },
    });
  }

  function said(credential) {
    const { response } = credential;
    const answer = { clientDataJSON: text(response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) answer[name] = text(response[name]);
    }
    if (response.getTransports) answer.transports = response.getTransports();
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: answer,
    });
  }

  function wordFor(problem) {
    if (problem.name === "InvalidStateError") return "known";
    return problem instanceof TypeError ? "network" : "failed";
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!window.PublicKeyCredential) {
        tell(form, "missing");
        return;
      }
      const button = form.querySelector("button");
      tell(form, "");
      button.disabled = true;
      try {
        form.elements.credential.value = said(await (form.dataset.passkey === "create" ? create(form) : get(form)));
        form.submit();
      } catch (problem) {
        tell(form, wordFor(problem));
        button.disabled = false;
      }
    });
  }
})();
