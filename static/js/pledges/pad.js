// A pad for a drawn signature: strokes of points, from 0 to 1000 both ways, in the form's field "strokes". The picture
// is evidence and is never shown again. Where there is no pointer, one signs with name and password.
(() => {
  const box = document.querySelector("[data-pad]");
  const field = document.querySelector("form [name=strokes]");
  if (!box || !field) return;
  const canvas = box.querySelector("canvas");
  const pen = canvas.getContext("2d");
  let strokes = [];
  let stroke = null;

  function draw() {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    const ink = getComputedStyle(canvas).color;
    pen.strokeStyle = ink;
    pen.globalAlpha = 0.35;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(canvas.width * 0.06, canvas.height * 0.78);
    pen.lineTo(canvas.width * 0.94, canvas.height * 0.78);
    pen.stroke();
    pen.globalAlpha = 1;
    pen.lineWidth = 3.2;
    pen.lineCap = pen.lineJoin = "round";
    for (const points of strokes) {
      pen.beginPath();
      for (const [x, y] of points) pen.lineTo((x / 1000) * canvas.width, (y / 1000) * canvas.height);
      pen.stroke();
    }
  }

  function keep() {
    field.value = JSON.stringify(strokes);
    const full = strokes.length > 0;
    box.querySelector("[data-pad-empty]").hidden = full;
    box.querySelector("[data-pad-full]").hidden = !full;
  }

  function place(event) {
    const area = canvas.getBoundingClientRect();
    const within = (value, size) => Math.max(0, Math.min(1000, Math.round((value / size) * 1000)));
    return [within(event.clientX - area.left, area.width), within(event.clientY - area.top, area.height)];
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    stroke = [place(event)];
    strokes.push(stroke);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const [x, y] = place(event);
    const [px, py] = stroke[stroke.length - 1];
    if (Math.abs(x - px) + Math.abs(y - py) < 3) return;
    stroke.push([x, y]);
    draw();
  });
  const lift = () => {
    stroke = null;
    keep();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  box.querySelector("[data-pad-clear]").addEventListener("click", () => {
    strokes = [];
    keep();
    draw();
  });
  if (field.value) {
    try {
      strokes = JSON.parse(field.value);
    } catch {
      strokes = [];
    }
  }
  // On the coordinator's page there is no choice of ways: the pad is simply there.
  if (!document.querySelector("[name=way]")) box.hidden = false;
  draw();
  keep();
})();
