"""Signs the real Claude Code in to a gateway, as a person would at a terminal.

/login of Claude Code is a dialogue on a terminal, so this gives it one. It goes through the dialogue,
lets the program in on the gateway's page, and then asks Claude Code a question without a terminal,
with the sign-in that it has kept. Afterwards a budget refuses the question, in words that Claude Code
has to show. Run it by "make clients-login".
"""

import http.cookiejar
import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
CLAUDE = os.path.join(HERE, "node_modules", ".bin", "claude")
OWNER = "sk-sl-owner-0123456789abcdef0123456789abcdef01"
LAPTOP = "sk-sl-laptop-0123456789abcdef0123456789abcdef0"
PORT = "18797"
BASE = "http://127.0.0.1:" + PORT

FILE = f"""
api_keys:
  - {{name: laptop, key: {LAPTOP}, member: ann@example.com}}
"""

# What stands on the screen, and the keys that go on from there. UP chooses the upper answer.
UP, ENTER = "\x1b[A", "\r"
DIALOGUE = [
    ("text style", [ENTER]),
    ("Enter to connect", [ENTER]),
    ("Yes, trust this gateway", [UP, ENTER]),
    ("Code:", None),  # a person lets the program in
    ("Yes, continue", [UP, ENTER]),
    ("Connected to", []),
]


def call(path, body=None, opener=urllib.request.build_opener(), key=OWNER):
    headers = {"Authorization": "Bearer " + key, "Content-Type": "application/json"} if key else {}
    data = body.encode() if body is not None else None
    return opener.open(urllib.request.Request(BASE + path, data, headers), timeout=60).read().decode()


def approve(code):
    """Lets the program in, on the page that a browser shows."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def form(path, **fields):
        request = urllib.request.Request(BASE + path, urllib.parse.urlencode(fields).encode())
        return browser.open(request, timeout=60).read().decode()

    form("/device/sign-in", api_key=LAPTOP, user_code=code)
    page = form("/device", user_code=code)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    key = re.search(r'<option value="([^"]+)"', page).group(1)
    form("/device", user_code=code, decision="approve", csrf_token=token, api_key=key)


class Terminal:
    """A program on a terminal. What it writes is kept without spaces: they are moves of the cursor."""

    def __init__(self, argv, env, cwd):
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execve(argv[0], argv, env)

    def until(self, what, seconds=120):
        """Waits until what is on the screen, and returns what was written since the last call."""
        end = time.time() + seconds
        what = what.replace(" ", "")
        while what not in self.text:
            if time.time() > end:
                sys.exit(f"Claude Code does not show {what!r} but:\n{self.text[-3000:]}")
            if select.select([self.fd], [], [], 0.2)[0]:
                raw = os.read(self.fd, 65536).decode(errors="replace")
                self.text += re.sub(r"\x1b\[[0-9;?<>]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>()]\w?|\s", "", raw)
        found, self.text = self.text, ""
        return found

    def press(self, keys):
        for key in keys:
            time.sleep(1)  # a dialogue takes keys once it is drawn
            os.write(self.fd, key.encode())

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def sign_in(home, work, env):
    with open(os.path.join(home, ".claude", "settings.json"), "w") as f:
        json.dump({"forceLoginMethod": "gateway", "forceLoginGatewayUrl": BASE, "theme": "dark"}, f)
    terminal = Terminal([CLAUDE], env, work)
    try:
        for shown, keys in DIALOGUE:
            text = terminal.until(shown)
            if keys is None:
                code = re.compile(r"Code:([A-Z0-9]{4}-[A-Z0-9]{4})")
                if not code.search(text):
                    text += terminal.until("Esc to cancel")
                approve(code.search(text).group(1))
            else:
                terminal.press(keys)
    finally:
        terminal.close()
    print("signed in")


def ask(question, env, work):
    done = subprocess.run([CLAUDE, "-p", question], env=env, cwd=work, capture_output=True, text=True, timeout=180)
    return done.stdout + done.stderr


def logs(count):
    """The rows of calls, newest first, once there are so many."""
    for _ in range(300):
        rows = json.loads(call("/v1/logs?limit=10"))["data"]
        if len(rows) >= count:
            break
        time.sleep(0.1)
    return rows


def check(ok, what, detail=""):
    if not ok:
        sys.exit(f"FAILED: {what}\n{detail}")
    print(what)


def main():
    sluice = os.path.abspath(sys.argv[1])
    top = tempfile.mkdtemp(prefix="sluice-login-")
    home, work = os.path.join(top, "home"), os.path.join(top, "work")
    os.makedirs(os.path.join(home, ".claude"))
    os.makedirs(work)
    with open(os.path.join(top, "sluice.yaml"), "w") as f:
        f.write(FILE)
    log = open(os.path.join(top, "log"), "w")
    server = subprocess.Popen([sluice, "serve", "--config", "sluice.yaml", "--port", PORT, "--data", "data"], cwd=top, stdout=log, stderr=log,
                              env={**os.environ, "SLUICE_API_KEY": OWNER})
    # CLAUDE_GATEWAY_ALLOW_LOOPBACK: without it the address must be https
    env = {"HOME": home, "PATH": os.environ["PATH"], "TERM": "xterm-256color", "CLAUDE_GATEWAY_ALLOW_LOOPBACK": "1", "DISABLE_AUTOUPDATER": "1",
           "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "BROWSER": "/bin/true", "ANTHROPIC_MODEL": "mock/echo", "CLAUDE_CODE_MAX_RETRIES": "1"}
    try:
        for _ in range(300):
            try:
                call("/readyz")
                break
            except OSError:
                time.sleep(0.1)
        sign_in(home, work, env)
        answer = ask("Say the word pelican", env, work)
        check("pelican" in answer, "a question is answered", answer)
        key = json.loads(call("/v1/api-keys"))["data"]
        laptop = next(k["id"] for k in key if k["name"] == "laptop")
        rows = logs(1)
        check(rows and rows[0]["route"] == "/v1/messages" and rows[0]["api_key"] == laptop, "the call is that of the API key", json.dumps(rows)[:2000])
        call("/v1/policies/usage-limits", '{"name":"tiny","credit_limit":0.000001,"period":"day"}')
        refusal = ask("Say the word pelican", env, work)
        check("budget 'tiny'" in refusal and "begins anew" in refusal, "a refusal is shown as it is", refusal)
        rows = logs(2)
        check([r["status"] for r in rows] == [429, 200], "it was asked once", json.dumps(rows)[:2000])
    finally:
        server.terminate()
        server.wait()
        log.close()
        shutil.rmtree(top, ignore_errors=True)


if __name__ == "__main__":
    main()
