"""The editors' YAML language server, spoken to as an editor does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any, NamedTuple

from kspec.commands.schema import modeline

VARIABLE = "KSPEC_YAML_LANGUAGE_SERVER"
SECONDS = 60
CURSOR = "|"


def find_server() -> str | None:
    """Return the program: what the variable names, or what is installed on this machine."""
    return os.environ.get(VARIABLE) or shutil.which("yaml-language-server")


class Diagnostic(NamedTuple):
    """What the server says is wrong: its message, and the text that it underlines."""

    message: str
    text: str


class LanguageServer:
    """A running server whose documents all have one schema."""

    def __init__(self, program: str, folder: Path, schema: Path) -> None:
        self.folder, self.schema = folder, schema
        self._process = subprocess.Popen(
            [program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._count = 0
        self._answers: dict[int, Any] = {}
        self._diagnostics: dict[str, list[Any]] = {}
        self._texts: dict[str, str] = {}
        self._news = threading.Condition()
        threading.Thread(target=self._listen, daemon=True).start()
        markdown = ["markdown", "plaintext"]
        completion = {"completionItem": {"snippetSupport": True, "documentationFormat": markdown}}
        capabilities = {"completion": completion, "hover": {"contentFormat": markdown}, "publishDiagnostics": {}}
        self._ask("initialize", processId=os.getpid(), rootUri=None, capabilities={"textDocument": capabilities})
        self._tell("initialized")
        # Nothing of the network: not even the public store of schemas.
        on = {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}
        self._tell("workspace/didChangeConfiguration", settings={"yaml": on})

    def close(self) -> None:
        """End the server."""
        self._ask("shutdown")
        self._tell("exit")
        self._process.wait(timeout=SECONDS)
        for stream in (self._process.stdin, self._process.stdout):
            if stream:
                stream.close()

    def complete(self, text: str) -> dict[str, str]:
        """Return what is offered at the cursor: by its name, what would be written."""
        found = self._ask("textDocument/completion", **self._at(text))
        items = found["items"] if isinstance(found, dict) else found or []
        return {item["label"]: item.get("textEdit", {}).get("newText", item.get("insertText")) for item in items}

    def hover(self, text: str) -> str:
        """Return what is shown of the word under the cursor."""
        found = self._ask("textDocument/hover", **self._at(text))
        return str(found["contents"]["value"]) if found else ""

    def diagnose(self, text: str, ending: str = "yaml") -> list[Diagnostic]:
        """Return what is wrong with a text, in the order of the places."""
        return self.diagnostics(self.open(text, ending))

    def diagnostics(self, uri: str) -> list[Diagnostic]:
        """Return what is wrong with a document that has been opened."""
        with self._news:
            assert self._news.wait_for(lambda: uri in self._diagnostics, SECONDS), "nothing was said of the text"
        lines = self._texts[uri].splitlines()
        found = []
        for item in sorted(self._diagnostics[uri], key=lambda each: list(each["range"]["start"].values())):
            start, end = item["range"]["start"], item["range"]["end"]
            last = end["character"] if end["line"] == start["line"] else None
            found.append(Diagnostic(item["message"], lines[start["line"]][start["character"] : last]))
        return found

    def open(self, text: str, ending: str = "yaml") -> str:
        """Open a document and return its name. A YAML text gets the line that names the schema."""
        self._count += 1
        path = self.folder / f"{self._count}.{ending}"
        uri = path.as_uri()
        self._texts[uri] = text if ending == "json" else f"{modeline(path, self.schema)}\n{text}"
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": self._texts[uri]}
        self._tell("textDocument/didOpen", textDocument=document)
        return uri

    def _at(self, text: str) -> dict[str, Any]:
        before, _, after = text.partition(CURSOR)
        line = 1 + before.count("\n")
        position = {"line": line, "character": len(before) - (before.rfind("\n") + 1)}
        return {"textDocument": {"uri": self.open(before + after)}, "position": position}

    def _ask(self, method: str, **params: Any) -> Any:
        self._count += 1
        number = self._count
        self._send({"id": number, "method": method, "params": params})
        with self._news:
            assert self._news.wait_for(lambda: number in self._answers, SECONDS), f"no answer to {method}"
            answer = self._answers.pop(number)
        assert "error" not in answer, answer
        return answer["result"]

    def _tell(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stream = self._process.stdin
        assert stream
        stream.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        stream.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream
        while header := stream.readline():
            length = int(header.partition(b":")[2])
            while stream.readline().strip():
                pass
            message = json.loads(stream.read(length))
            with self._news:
                self._take(message)
                self._news.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            self._answers[message["id"]] = message
        elif message["method"] == "textDocument/publishDiagnostics":
            self._diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "id" in message:  # the server asks for settings; it has been told all that are to be known
            asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
            self._send({"id": message["id"], "result": None if asked is None else [None for _ in asked]})
