"""The portkey-ai client for Python."""
import json

from portkey_ai import Portkey

from harness import base, embedder, model, pdf, picture, run, schema, thinker, weather_schema

TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": weather_schema}}]


def user(content):
    return [{"role": "user", "content": content}]


def create(c, messages, **more):
    return c.chat.completions.create(**{"model": model, "messages": messages, **more})


def text_of(r):
    return r.choices[0].message.content


def plain(c, prompt):
    r = create(c, user(prompt))
    return text_of(r), (r.usage.prompt_tokens, r.usage.completion_tokens, r.usage.prompt_tokens_details.cached_tokens)


def stream(c, prompt):
    return "".join((e.choices[0].delta.content or "") for e in create(c, user(prompt), stream=True) if e.choices)


def abort(c, prompt):
    events = create(c, user(prompt), stream=True)
    text = next(e.choices[0].delta.content for e in events if e.choices and e.choices[0].delta.content)
    events.response.close()
    return text


def tools(c, prompt, weather):
    message = create(c, user(prompt), tools=TOOLS).choices[0].message
    calls = [{"id": t.id, "type": "function", "function": {"name": t.function.name, "arguments": t.function.arguments}} for t in message.tool_calls]
    results = [{"role": "tool", "tool_call_id": t.id, "content": weather(json.loads(t.function.arguments))} for t in message.tool_calls]
    return text_of(create(c, [*user(prompt), {"role": "assistant", "content": message.content, "tool_calls": calls}, *results], tools=TOOLS))


def reasoning(c, prompt):
    m = create(c, user(prompt), model=thinker, reasoning_effort="low", max_completion_tokens=4000).choices[0].message
    return {"text": m.content, "thought": m.reasoning_content}


run(client=lambda key: Portkey(api_key=key, base_url=base + "/v1", max_retries=0), plain=plain, stream=stream, tools=tools, reasoning=reasoning,
    images=lambda c, p: text_of(create(c, user([{"type": "text", "text": p}, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}]))),
    files=lambda c, p: text_of(create(c, user([{"type": "text", "text": p}, {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{pdf}"}}]))),
    cached=30, abort=abort, models=lambda c: [m.id for m in c.models.list().data], typed={400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError", 500: "InternalServerError"},
    structured=lambda c, p: json.loads(text_of(create(c, user(p), response_format={"type": "json_schema", "json_schema": {"name": "weather", "schema": schema}}))),
    embeddings=lambda c, texts: [d.embedding for d in c.embeddings.create(model=embedder, input=texts, encoding_format="float").data])
