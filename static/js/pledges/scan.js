// Reads the QR code of a printed letter with the camera, where the browser itself can read such codes.
const LOOK_EVERY = 250; // milliseconds

// Where a QR code leads if it is one of this site's letters: the path with its fragment; "" otherwise.
export function placeIn(text) {
  let address;
  try {
    address = new URL(text);
  } catch {
    return "";
  }
  const isOurs = address.host === location.host && /^\/(en\/)?v\/[2-9A-HJ-NP-Z]{12}$/.test(address.pathname);
  return isOurs ? `${address.pathname}${address.hash}` : "";
}

class Scanner {
  constructor(box, detector, problem) {
    Object.assign(this, { box, detector, problem });
    this.video = box.querySelector("[data-scan-video]");
    box.querySelector("[data-scan-start]").addEventListener("click", () => this.start());
    box.querySelector("[data-scan-stop]").addEventListener("click", () => this.stop());
    box.hidden = false;
  }

  say(text) {
    this.box.querySelector("[data-scan-said]").textContent = text;
  }

  async start() {
    this.say("");
    try {
      this.video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      await this.video.play();
    } catch {
      this.say(this.problem("no-camera"));
      return;
    }
    this.box.querySelector("[data-scan-view]").hidden = false;
    this.timer = setInterval(() => this.look(), LOOK_EVERY);
  }

  stop() {
    clearInterval(this.timer);
    for (const track of this.video.srcObject?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
    this.box.querySelector("[data-scan-view]").hidden = true;
  }

  async look() {
    const found = await this.detector.detect(this.video).catch(() => []);
    if (!found.length || !this.video.srcObject) return;
    const place = placeIn(found[0].rawValue);
    this.say(place ? "" : this.problem("no-code"));
    if (!place) return;
    this.stop();
    location.assign(place);
  }
}

// Shows the buttons if there are a camera and a reader of QR codes.
export async function offerScanning(problem) {
  if (!globalThis.BarcodeDetector || !navigator.mediaDevices?.getUserMedia) return;
  const formats = await BarcodeDetector.getSupportedFormats();
  if (!formats.includes("qr_code")) return;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  for (const box of document.querySelectorAll("[data-scan]")) new Scanner(box, detector, problem);
}
