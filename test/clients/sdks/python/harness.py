"""The checks that every client goes through. A driver hands in what its client can do; this file
knows what is asked and what must come back. It prints one JSON line per feature."""
import base64
import concurrent.futures
import json
import os
import sys
import time
import traceback
import urllib.request
import uuid

base = os.environ["SLUICE_BASE"]
model = os.environ["SLUICE_MODEL"]
thinker = os.environ["SLUICE_REASONING_MODEL"]
embedder = os.environ["SLUICE_EMBEDDING_MODEL"]

HELLO = "Hello from the upstream."
THOUGHT = 'Who asks? A "friend" <é>, I think.'
SECRET = "ann.lee@example.com"
picture = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
PICTURE_SEEN = f"image/png of {len(base64.b64decode(picture))} bytes"
pdf = base64.b64encode(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
                       b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj trailer<</Root 1 0 R>>\n%%EOF\n").decode()
PDF_SEEN = f"application/pdf of {len(base64.b64decode(pdf))} bytes"
INPUT, OUTPUT, CACHED = 30, 12, 20  # tokens
schema = {"type": "object", "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}}, "required": ["city", "degrees"], "additionalProperties": False}
weather_schema = {"type": "object", "properties": {"city": {"type": "string", "description": "name of the city"}}, "required": ["city"], "additionalProperties": False}


def must(ok, message):
    if not ok:
        raise AssertionError(message)


def text_of(answer):
    """An answer is a text, or (text, (input tokens, output tokens, cached input tokens))."""
    return answer[0] if isinstance(answer, tuple) else answer


def same(answer, text):
    must(text_of(answer) == text, f"the text is {text_of(answer)!r}, not {text!r}")
    if isinstance(answer, tuple):
        must(tuple(answer[1][:2]) == (INPUT, OUTPUT), f"the usage is {answer[1]}, not {(INPUT, OUTPUT)}")


def chain(err):
    """The error with those that it wraps."""
    out = []
    while err is not None and len(out) < 8:
        out.append(err)
        err = err.__cause__ or err.__context__
    return out


def status_of(err):
    for e in chain(err):
        for name in ("status_code", "code", "status"):
            if isinstance(getattr(e, name, None), int):
                return getattr(e, name)
    return None


def words_of(err):
    return " ".join(f"{type(e).__name__}: {e} {getattr(e, 'body', '') or ''}" for e in chain(err))


def failure(f):
    try:
        answer = f()
    except Exception as err:  # the driver's client decides which
        return err
    raise AssertionError(f"no error, but {answer!r}")


def check_tools(d, c, prompt, degrees):
    """Lets the model call a tool, whole and streamed: once for each city, all in one answer."""
    for name in ("tools", "tools_stream"):
        if name not in d:
            continue
        asked = []

        def weather(args):
            asked.append(args["city"])
            return f"{degrees[args['city']]} degrees"
        answer = d[name](c, prompt, weather)
        must(sorted(asked) == sorted(degrees), f"{name}: the tool was called for {asked}")
        same(text_of(answer), f"It is {' and '.join(f'{n} degrees' for n in degrees.values())}.")


def check_structured(d, c):
    v = d["structured"](c, "How warm is it in Paris? scenario-structured")
    v = v.model_dump() if hasattr(v, "model_dump") else v
    must(v == {"city": "Paris", "degrees": 21}, f"the object is {v!r}")


def check_reasoning(d, c):
    for name in ("reasoning", "reasoning_stream"):
        if name not in d:
            continue
        r = d[name](c, "Think first. scenario-plain")
        must(r["text"] == HELLO, f"{name}: the text is {r['text']!r}")
        must("thought" in r or "tokens" in r, f"{name}: neither thought nor tokens")
        must(r.get("thought", THOUGHT) == THOUGHT, f"{name}: the thought is {r.get('thought')!r}")
        must(r.get("tokens", 7) == 7, f"{name}: the reasoning tokens are {r.get('tokens')}")


def check_cached(d, c):
    for name in ("plain", "stream"):
        answer = d[name](c, "Please greet. scenario-cached") if name in d else None
        if isinstance(answer, tuple):
            told = (answer[1][0], *answer[1][2:])
            must(told == (d["cached"], CACHED), f"{name}: the usage is {answer[1]}, not {d['cached']} with {CACHED} cached")


def check_models(d, c):
    ids = d["models"](c)
    must(any(i == model or i.endswith("/" + model) for i in ids), f"{model} is not among {len(ids)}: {ids[:5]}")


def check_count(d, c):
    n = d["count"](c, "Please greet. scenario-plain")
    must(n == INPUT if os.environ.get("SLUICE_NATIVE") else 0 < n < 500, f"the count is {n}")


def check_embeddings(d, c):
    v = [list(x) for x in d["embeddings"](c, ["four", "sixsix"])]
    must(v == [[4, 1, 0, 0.5], [6, 1, 0, 0.5]], f"the vectors are {v}")


def check_errors(d, c):
    for name, client, prompt, status, words in (
            ("wrong key", d["client"]("sk-wrong-key"), "scenario-plain", 401, "key"),
            ("limited", c, "scenario-limited", 429, "This request would exceed your rate limit"),
            ("refused", c, "scenario-refused", 400, "the upstream refuses this request"),
            ("down", c, "scenario-down", 500, "the upstream has an internal error")):
        err = failure(lambda: d.get("plain", d.get("structured"))(client, prompt))
        must(status_of(err) == status or d.get("no_status"), f"{name}: the status is {status_of(err)}: {words_of(err)}")
        must(words in words_of(err), f"{name}: {words_of(err)!r} does not hold {words!r}")
        typed = d.get("typed")
        wanted = typed.get(status) if isinstance(typed, dict) else typed
        names = [k.__name__ for e in chain(err) for k in type(e).__mro__]
        must(wanted is None or wanted in names, f"{name}: the error is a {names}, not a {wanted}")


def check_broken(d, c):
    for how in ("cut", "quiet"):
        try:
            failure(lambda: d["stream"](c, f"scenario-{how}"))
        except AssertionError as err:
            raise AssertionError(f"{how}: {err}") from None


def vendor(path):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(os.environ["SLUICE_VENDOR"] + path, timeout=10) as answer:
        return json.load(answer)


def check_abort(d, c):
    name = f"stream-{uuid.uuid4().hex[:8]}"
    must(d["abort"](c, f"Go on and on. scenario-endless {name}"), "no text before the abort")
    for _ in range(100):
        if vendor(f"/abandoned/{name}"):
            return
        time.sleep(0.2)
    raise AssertionError("the vendor goes on with the stream that the client has left")


def check_redaction(d, _):
    c = d["client"](os.environ["SLUICE_REDACT_KEY"])
    prompt = f"Write to {SECRET} now. scenario-echo"
    same(text_of(d["plain"](c, prompt)), f"You wrote: {prompt}")
    if "stream" in d:
        same(text_of(d["stream"](c, prompt)), f"You wrote: {prompt}")


CHECKS = {
    "plain": lambda d, c: same(d["plain"](c, "Please greet. scenario-plain"), HELLO),
    "stream": lambda d, c: same(d["stream"](c, "Please greet. scenario-plain"), HELLO),
    "tools": lambda d, c: check_tools(d, c, "How warm is it in Paris? scenario-tools", {"Paris": 21}),
    "parallel": lambda d, c: check_tools(d, c, "How warm is it in Paris and in Rome? scenario-parallel", {"Paris": 21, "Rome": 25}),
    "images": lambda d, c: same(d["images"](c, "What do you see? scenario-images"), f"I see {PICTURE_SEEN}."),
    "files": lambda d, c: same(d["files"](c, "What do you read? scenario-images"), f"I see {PDF_SEEN}."),
    "structured": check_structured,
    "reasoning": check_reasoning,
    "cached": check_cached,
    "embeddings": check_embeddings,
    "models": check_models,
    "count": check_count,
    "errors": check_errors,
    "broken": check_broken,
    "abort": check_abort,
    "redaction": check_redaction,
}
FEATURE_SECONDS = 90  # of a loaded machine
NEEDS_WHOLE = {"broken": "stream"}  # an error of a stream that never worked says nothing
NEEDS = {"parallel": "tools", "errors": "plain structured", "broken": "stream", "redaction": "plain"}


def run(**driver):
    """Checks a driver: client(key), plain(client, prompt), stream, tools(client, prompt, weather),
    tools_stream, images, files, structured, reasoning, reasoning_stream, embeddings(client, texts),
    models(client), count(client, prompt), abort(client, prompt); and three facts: cached, the input
    tokens of an answer of which 20 were cached, where the client tells those; typed, the name of
    its error type, or its types by status; no_status, if its errors have none."""
    wanted = os.environ.get("SLUICE_FEATURES", "")
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=1)
    states = {}
    for feature, check in CHECKS.items():
        if wanted and feature not in wanted.split(","):
            continue
        result = {"feature": feature, "state": "absent"}
        if any(name in driver for name in NEEDS.get(feature, feature).split()):
            try:
                before = NEEDS_WHOLE.get(feature)
                must(states.get(before) != "broken", f"{before} is broken")
                pool.submit(lambda: check(driver, driver["client"](os.environ["SLUICE_KEY"]))).result(timeout=FEATURE_SECONDS)
                result["state"] = "whole"
            except Exception as err:
                result = {"feature": feature, "state": "broken", "detail": f"{err or type(err).__name__} {words_of(err.__cause__) if err.__cause__ else ''}"[:1200]}
                if os.environ.get("SLUICE_VERBOSE"):
                    traceback.print_exception(err, file=sys.stderr)
                if isinstance(err, concurrent.futures.TimeoutError):
                    pool = concurrent.futures.ThreadPoolExecutor(max_workers=1)
        states[feature] = result["state"]
        print(json.dumps(result), flush=True)
    sys.stdout.flush()
    os._exit(0)  # a thread that hangs must not hold up the end
