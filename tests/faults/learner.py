"""A learner's page without a browser: sends answers over HTTP, tries again until the server has named each, and writes
down what was named and when."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.faults.stand import PATIENCE, Stand

SECRET = "f" * 32
TRY_AGAIN = 0.1
ROUNDS = 4


class Learner:
    """One exam of one person."""

    def __init__(self, stand: Stand, seat: dict[str, Any]) -> None:
        self.stand = stand
        self.attempt = str(seat["attempt"])
        self.right = list(seat["right"])
        self.pen = {"epoch": 1, "token": seat["token"]}
        self.seq = 0
        self.named: dict[int, tuple[int, Any]] = {}
        self.moments: list[float] = []
        self.headers = {
            "Cookie": f"sessionid={seat['session']}; csrftoken={SECRET}",
            "X-CSRFToken": SECRET,
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        self.connection: http.client.HTTPConnection | None = None

    def post(self, name: str, body: Any) -> tuple[int, dict[str, Any]]:
        """One request: its status and JSON; status 0 if no reply came."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.stand.port, timeout=10)
            text = json.dumps(body)
            self.connection.request("POST", f"/exams/attempts/{self.attempt}/{name}/", text, self.headers)
            reply = self.connection.getresponse()
            data = reply.read()
            is_json = "json" in reply.headers.get("Content-Type", "")
            return reply.status, json.loads(data) if is_json else {}
        except (OSError, http.client.HTTPException):
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return 0, {}

    def save(self, position: int, value: Any) -> None:
        """Send one answer until the server names it."""
        self.seq += 1
        answer = {"seq": self.seq, "position": position, "value": value}
        deadline = time.monotonic() + PATIENCE
        while True:
            status, data = self.post("answers", {**self.pen, "answers": [answer]})
            if status == 200 and data["accepted"] == [self.seq]:
                break
            assert status == 0 or status >= 500, (status, data)
            assert time.monotonic() < deadline, "the site did not come back"
            time.sleep(TRY_AGAIN)
        self.named[self.seq] = (position, value)
        self.moments.append(time.monotonic())

    def answer_everything(self, rounds: int = ROUNDS) -> None:
        """Change every answer a few times; the last one is right."""
        for turn in range(rounds):
            for position, right in enumerate(self.right, 1):
                self.save(position, right if turn == rounds - 1 else f"{turn}")

    def hand_in(self) -> int:
        """Hand in until the server says that it is done; returns how often it had to be tried."""
        deadline = time.monotonic() + PATIENCE
        for tries in range(1, 10_000):
            status, _data = self.post("submit", {})
            if status == 302:
                return tries
            assert status == 0 or status >= 500, status
            assert time.monotonic() < deadline, "the site did not come back"
            time.sleep(TRY_AGAIN)
        raise AssertionError("never")


def learners(stand: Stand, count: int) -> list[Learner]:
    """So many people at their exams."""
    return [Learner(stand, seat) for seat in stand.ask("seats", count=count)]


def all_at_once(calls: list[Any]) -> list[Any]:
    """Everybody in a thread of their own; what they return, in order."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def reckoning(people: list[Learner], fault_at: float) -> dict[str, Any]:
    """Named, lost and doubled answers, and the seconds from the fault to the first answer that was named after it."""
    named = lost = doubled = 0
    for person in people:
        rows = person.stand.ask("stored", attempt=person.attempt)
        stored = {seq: (position, value) for epoch, seq, position, value, late in rows if epoch == 1 and not late}
        named += len(person.named)
        lost += sum(stored.get(seq) != answer for seq, answer in person.named.items())
        doubled += len(rows) - len({(epoch, seq) for epoch, seq, *_rest in rows})
    after = [min((m for m in p.moments if m > fault_at), default=fault_at) - fault_at for p in people]
    return {"acked": named, "lost": lost, "duplicated": doubled, "seconds_to_recover": round(max(after), 2)}


def all_scored_once(people: list[Learner]) -> bool:
    """Everybody handed in, one score with full marks each, one completion, one entry in the audit log."""
    expected = {"state": "submitted", "scores": 1, "points": 10.0, "completions": 1, "closings": 1}
    outcomes = [person.stand.ask("outcome", attempt=person.attempt) for person in people]
    return all({key: outcome[key] for key in expected} == expected for outcome in outcomes)
