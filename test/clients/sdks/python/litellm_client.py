"""LiteLLM's Python SDK, as a client of a proxy. The way is named on the command line."""
import json
import sys

import litellm

from harness import base, embedder, model, pdf, picture, run, schema, thinker, weather_schema

name = sys.argv[1]
PREFIX = {"proxy": "litellm_proxy/", "openai": "openai/", "anthropic": "anthropic/", "gemini": "gemini/"}[name]
BASE = base + "/v1" if name == "openai" else base
TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": weather_schema}}]


def user(content):
    return [{"role": "user", "content": content}]


def create(key, messages, **more):
    m = more.pop("model", model)
    return litellm.completion(**{"model": PREFIX + m, "api_base": BASE, "api_key": key, "messages": messages, "num_retries": 0, "max_retries": 0, "max_tokens": 4000, **more})


def text_of(r):
    return r.choices[0].message.content


def plain(key, prompt):
    r = create(key, user(prompt))
    return text_of(r), (r.usage.prompt_tokens, r.usage.completion_tokens, r.usage.prompt_tokens_details.cached_tokens)


def stream(key, prompt):
    return "".join((e.choices[0].delta.content or "") for e in create(key, user(prompt), stream=True) if e.choices)


def abort(key, prompt):
    events = create(key, user(prompt), stream=True)
    text = next(e.choices[0].delta.content for e in events if e.choices and e.choices[0].delta.content)
    events.completion_stream.close()
    return text


def tools(key, prompt, weather):
    message = create(key, user(prompt), tools=TOOLS).choices[0].message
    results = [{"role": "tool", "tool_call_id": t.id, "name": t.function.name, "content": weather(json.loads(t.function.arguments))} for t in message.tool_calls]
    return text_of(create(key, [*user(prompt), message, *results], tools=TOOLS))


def tools_stream(key, prompt, weather):
    message = litellm.stream_chunk_builder(list(create(key, user(prompt), tools=TOOLS, stream=True))).choices[0].message
    results = [{"role": "tool", "tool_call_id": t.id, "name": t.function.name, "content": weather(json.loads(t.function.arguments))} for t in message.tool_calls]
    return text_of(create(key, [*user(prompt), message, *results], tools=TOOLS))


def reasoning(key, prompt):
    how = {"thinking": {"type": "enabled", "budget_tokens": 1024}} if name == "anthropic" else {"reasoning_effort": "low"}
    known = model.startswith("claude") and name != "proxy" or model.startswith("gemini") and name not in ("proxy", "anthropic")
    allowed = [] if known else list(how)  # it refuses what it does not know of a model
    m = create(key, user(prompt), model=thinker, allowed_openai_params=allowed, **how).choices[0].message
    return {"text": m.content, "thought": m.reasoning_content}


driver = {
    "client": lambda key: key, "plain": plain, "stream": stream, "tools": tools, "tools_stream": tools_stream, "reasoning": reasoning,
    "images": lambda key, p: text_of(create(key, user([{"type": "text", "text": p}, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}]))),
    "files": lambda key, p: text_of(create(key, user([{"type": "text", "text": p}, {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{pdf}"}}]))),
    "cached": 30, "abort": abort, "typed": {400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError", 500: "InternalServerError"},
    "structured": lambda key, p: json.loads(text_of(create(key, user(p), response_format={"type": "json_schema", "json_schema": {"name": "weather", "schema": schema, "strict": True}}))),
}
if name != "anthropic":
    driver["embeddings"] = lambda key, texts: [d["embedding"] for d in litellm.embedding(model=PREFIX + embedder, api_base=BASE, api_key=key, input=texts).data]
run(**driver)
