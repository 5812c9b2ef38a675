// A page that waits for background work looks again after the seconds in data-look-again.
const waiting = document.querySelector("[data-look-again]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.lookAgain) * 1000);
