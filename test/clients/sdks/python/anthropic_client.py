"""The anthropic client for Python."""
import json

from anthropic import Anthropic

from harness import base, model, pdf, picture, run, schema, thinker, weather_schema

TOOLS = [{"name": "get_weather", "description": "The weather.", "input_schema": weather_schema, "cache_control": {"type": "ephemeral"}}]
THINKING = {"type": "enabled", "budget_tokens": 1024}


def create(c, messages, **more):
    return c.messages.create(**{"model": model, "max_tokens": 4000, "messages": messages, **more})


def final(c, messages, **more):
    with c.messages.stream(**{"model": model, "max_tokens": 4000, "messages": messages, **more}) as s:
        return s.get_final_message()


def user(content):
    return [{"role": "user", "content": content}]


def text_of(m):
    return "".join(b.text for b in m.content if b.type == "text")


def answer(m):
    return text_of(m), (m.usage.input_tokens, m.usage.output_tokens, m.usage.cache_read_input_tokens)


def tools(how):
    def round_trip(c, prompt, weather):
        first = how(c, user(prompt), tools=TOOLS)
        results = [{"type": "tool_result", "tool_use_id": b.id, "content": weather(b.input)} for b in first.content if b.type == "tool_use"]
        return text_of(how(c, [*user(prompt), {"role": "assistant", "content": first.content}, *user(results)], tools=TOOLS))
    return round_trip


def reasoning(how):
    def two_turns(c, prompt):
        first = how(c, user(prompt), model=thinker, thinking=THINKING)
        second = how(c, [*user(prompt), {"role": "assistant", "content": first.content}, *user("Go on. scenario-plain")], model=thinker, thinking=THINKING)
        return {"text": text_of(second), "thought": "".join(b.thinking for b in first.content if b.type == "thinking")}
    return two_turns


def abort(c, prompt):
    with c.messages.create(model=model, max_tokens=4000, messages=user(prompt), stream=True) as events:
        return next(e.delta.text for e in events if e.type == "content_block_delta")


run(client=lambda key: Anthropic(base_url=base, api_key=key, max_retries=0),
    plain=lambda c, p: answer(create(c, user(p), system="Be kind.")),
    stream=lambda c, p: answer(final(c, user(p))),
    cached=10, typed={400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError", 500: "InternalServerError"}, abort=abort,
    models=lambda c: [m.id for m in c.models.list()],
    count=lambda c, p: c.messages.count_tokens(model=model, messages=user(p)).input_tokens,
    files=lambda c, p: text_of(create(c, user([{"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": pdf}}, {"type": "text", "text": p}]))),
    tools=tools(create), tools_stream=tools(final),
    images=lambda c, p: text_of(create(c, user([{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": picture}}, {"type": "text", "text": p}]))),
    structured=lambda c, p: json.loads(text_of(create(c, user(p), output_config={"format": {"type": "json_schema", "schema": schema}}))),
    reasoning=reasoning(create), reasoning_stream=reasoning(final))
