"""$batch, as Graph and Exchange both speak it: several requests in one, each with an answer of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from o365scan.api import ServiceError
from o365scan.transport.errors import ServiceDown, Throttled, UnexpectedAnswer
from o365scan.transport.http import LONGEST_WAIT, TRIES, Answer, Channel

#: Inner statuses that a further try may mend; the outer answer is 200 all the same.
_PASSING = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Batch:
    """Where and how a service takes batches: its path, headers, and whether an inner answer is passing trouble."""

    channel: Channel
    path: str
    headers: Mapping[str, str]
    transient: Callable[[Answer], bool] = lambda _: False

    def run(
        self, items: Mapping[str, Callable[[str], dict[str, Any]]]
    ) -> Iterator[tuple[str, Answer | ServiceError]]:
        """Each item's answer (any status that trying again won't mend) or the error that ended it, by its id.

        An item is a function of the token, since Exchange wants it inside. Raises what Channel.send raises
        if the batch as a whole fails.
        """
        waiting = dict(items)
        for attempt in range(1, TRIES + 1):
            answers = self._once(waiting)
            again: dict[str, Answer] = {}
            for id in waiting:
                answer = answers.get(id)
                if answer is None:
                    yield id, UnexpectedAnswer(f"{self.path}: an item of the batch was not answered")
                elif self._is_passing(answer):
                    again[id] = answer
                else:
                    yield id, answer
            waiting = {id: waiting[id] for id in again}
            if not waiting:
                return
            wait = max(_retry_after(answer) for answer in again.values())
            if attempt == TRIES or wait > LONGEST_WAIT:
                break
            self.channel.wait(wait, attempt)
        for id, answer in again.items():
            yield id, self._given_up(answer)

    def _once(self, items: Mapping[str, Callable[[str], dict[str, Any]]]) -> dict[str, Answer]:
        def body(token: str) -> dict[str, Any]:
            return {"requests": [{"id": id, **item(token)} for id, item in items.items()]}

        answer = self.channel.send("POST", self.path, body=body, headers=self.headers)
        outer = answer.json()
        responses = outer.get("responses") if isinstance(outer, dict) else None
        if answer.status != 200 or not isinstance(responses, list):
            raise UnexpectedAnswer(f"{self.path}: {answer.status}, the batch was refused")
        # By id and in any order; a response of another shape counts as none.
        return {
            str(each["id"]): _inner(each) for each in responses if isinstance(each, dict) and "id" in each
        }

    def _is_passing(self, answer: Answer) -> bool:
        return answer.status in _PASSING or self.transient(answer)

    def _given_up(self, answer: Answer) -> ServiceError:
        if answer.status == 429:
            return Throttled(f"{self.channel.origin} kept throttling", hint="Scan at a quieter time.")
        return ServiceDown(f"{self.channel.origin} answered {answer.status}", hint="Try again later.")


def _inner(response: Mapping[str, Any]) -> Answer:
    headers = response.get("headers")
    status = response.get("status")
    body = response.get("body")
    return Answer(
        status if isinstance(status, int) else 0,
        {str(name).lower(): str(value) for name, value in headers.items()}
        if isinstance(headers, dict)
        else {},
        json.dumps(body).encode(),
    )


def _retry_after(answer: Answer) -> float:
    value = answer.headers.get("retry-after", "")
    return float(value) if value.isdecimal() else 0.0
