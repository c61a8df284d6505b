"""A real server in a process of its own, started as people start it, and spoken to over a socket."""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple
from urllib.parse import urlsplit

from tests.buckets import Place
from tests.engines import chosen

_MAIN = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
import tests.loopback
from parhelion.cli import main
sys.exit(main())
"""
COMMAND = (sys.executable, "-c", _MAIN)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def codes(self) -> list[str]:
        """Every error has a code and a title, and nothing else stands in the body."""
        assert list(self.json) == ["errors"], self.body
        assert all(set(each) == {"code", "title"} and each["title"] for each in self.json["errors"]), self.body
        return [each["code"] for each in self.json["errors"]]

    @property
    def titles(self) -> list[str]:
        return [each["title"] for each in self.json["errors"]]


@dataclass
class Caller:
    """Sends requests as they are written: no client of ours is in between."""

    url: str
    key_id: str = ""
    secret: str = field(default="", repr=False)
    app_id: str = ""

    @property
    def app(self) -> str:
        return f"/v2/apps/{self.app_id}"

    def basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.key_id}:{self.secret}".encode()).decode()

    def send(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """`body` is JSON unless it is bytes; a header that is None is left out."""
        sent: dict[str, str | None] = {"authorization": self.basic()}
        if body is not None and not isinstance(body, bytes):
            body, sent["content-type"] = json.dumps(body).encode(), "application/json"
        sent |= headers or {}
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("POST", path, body, {name.replace("_", "-"): value for name, value in headers.items()})

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def user(self, **body: Any) -> str:
        return self.post(f"{self.app}/users", body).json["user"]["id"]

    def conversation(self, *users: str, type: str = "sdkGroup", **body: Any) -> str:
        participants = [{"userId": user} for user in users]
        answer = self.post(f"{self.app}/conversations", {"type": type, "participants": participants, **body})
        assert answer.status == 201, answer
        return answer.json["conversation"]["id"]

    def messages(self, conversation: str) -> str:
        return f"{self.app}/conversations/{conversation}/messages"

    def say(self, conversation: str, text: str = "hello", **content: Any) -> dict[str, Any]:
        body = {"author": {"type": "business"}, "content": {"type": "text", "text": text, **content}}
        answer = self.post(self.messages(conversation), body)
        assert answer.status == 201, answer
        return answer.json["messages"][0]

    def upload(
        self,
        data: bytes,
        name: str | None = "a.txt",
        query: str = "access=public",
        part: str = "source",
        **headers: str,
    ) -> Answer:
        said = f'form-data; name="{part}"' + ("" if name is None else f'; filename="{name}"')
        body = (
            f"--edge\r\nContent-Disposition: {said}\r\nContent-Type: text/html\r\n\r\n".encode()
            + data
            + b"\r\n--edge--\r\n"
        )
        kind = {"content-type": "multipart/form-data; boundary=edge"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", f"{self.app}/attachments?{query}", body, kind | named)


class Live:
    """`parhelion serve` on a folder."""

    def __init__(self, data: Path, *arguments: str, stderr: IO[bytes] | None = None, **environment: str) -> None:
        """`stderr`: where it complains to, when that is not where the tests do. `environment`: beside their own."""
        self.data, self._arguments = data, arguments
        self._stderr, self._environment = stderr, environment
        self.start()

    def _where(self) -> list[str]:
        return ["--data", str(self.data)]

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0", *self._where(), *self._arguments],
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
            env=environment(*self._where()) | self._environment | {"PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        ready = re.match(r"Parhelion is ready at (http://\S+)", line)
        assert ready, f"no ready line, but {line!r}"
        self.url = ready[1]

    def app(self, name: str = "test") -> Caller:
        """A new app, as its caller."""
        made = parhelion("app", "create", "--data", str(self.data), "--name", name, "--json")
        return Caller(self.url, made["keyId"], made["secret"], made["appId"])

    def account(self) -> Caller:
        made = parhelion("account", "key", "--data", str(self.data), "--json")
        return Caller(self.url, made["keyId"], made["secret"])

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0
        self._close()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)
        self._close()

    def _close(self) -> None:
        if self.process.stdout is not None:
            self.process.stdout.close()


class InBucket(Live):
    """The same with its attachments in a bucket."""

    def __init__(self, data: Path, place: Place) -> None:
        self.place = place
        super().__init__(data, "--media", place.address)


class Dispatching:
    """`parhelion dispatch` on the folder of a server."""

    def __init__(self, data: Path, *arguments: str) -> None:
        where = ["--data", str(data)]
        self.process = subprocess.Popen(
            [*COMMAND, "dispatch", *where, "--allow-targets", "loopback", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(*where) | {"PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Parhelion dispatches what is in "), line

    def stop(self) -> str:
        """Answers what it says last."""
        self.process.send_signal(signal.SIGTERM)
        said, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0
        return said

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=20)


class UnderTest(Live):
    """`parhelion serve --testing`: in memory, with controls."""

    def __init__(self, *arguments: str) -> None:
        super().__init__(Path("nowhere"), *arguments)

    def _where(self) -> list[str]:
        return ["--testing"]

    def app(self, name: str = "test") -> Caller:
        made = Caller(self.url).post("/parhelion/v1/testing/apps", {"displayName": name}, authorization="").json
        return Caller(self.url, made["key"]["id"], made["key"]["secret"], made["app"]["id"])


def environment(*arguments: str) -> dict[str, str]:
    """What a command is started with: where the rows are that belong to its data folder, too."""
    if "--data" not in arguments:
        return {**os.environ}
    address = chosen.database(Path(arguments[arguments.index("--data") + 1]))
    return {**os.environ} if address is None else os.environ | {"PARHELION_DATABASE": address}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A command, to its end."""
    command, told = [*COMMAND, *arguments], environment(*arguments)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=told)


def parhelion(*arguments: str) -> Any:
    """What a command prints, as JSON."""
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def pages(caller: Caller, conversation: str) -> list[str]:
    """All ids of a conversation by pages backwards, oldest first."""
    ids: list[str] = []
    path = caller.messages(conversation)
    while True:
        answer = caller.get(path)
        assert answer.status == 200, answer
        ids = [message["id"] for message in answer.json["messages"]] + ids
        if not answer.json["meta"]["hasMore"]:
            return ids
        path = f"{caller.messages(conversation)}?page[before]={answer.json['meta']['beforeCursor']}"
