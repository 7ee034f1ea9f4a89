"""The anthropic client against one target, which is named on the command line."""
import json
import os
import sys

import anthropic

base, key, target = os.environ["SLUICE_URL"], os.environ["SLUICE_API_KEY"], sys.argv[1]
client = anthropic.Anthropic(base_url=base, api_key=key, max_retries=0)
hello = [{"role": "user", "content": "Hello"}]
tools = [
    {"name": "get_weather", "description": "The weather of a city.",
     "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
    {"name": "get_time", "input_schema": {"type": "object", "properties": {}}, "cache_control": {"type": "ephemeral", "ttl": "1h"}},
]
thinking = {"type": "enabled", "budget_tokens": 1024}
image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo4111111111111111="}}


def call(model, **more):
    return {"model": f"{target}/{model}", "max_tokens": 4000, "messages": hello, **more}


def create(model, **more):
    return client.messages.create(**call(model, **more)).model_dump(mode="json")


def stream(model, **more):
    """Read a stream with the helper of the SDK."""
    kinds = []
    with client.messages.stream(**call(model, **more)) as events:
        for event in events:
            kinds.append(event.type)
        return {"message": events.get_final_message().model_dump(mode="json"), "kinds": kinds}


def failure(f):
    try:
        return {"text": str(f())}
    except anthropic.APIError as err:
        body = err.body if isinstance(err.body, dict) else {}
        return {"name": type(err).__name__, "status": getattr(err, "status_code", None),
                "type": body.get("error", {}).get("type"), "message": str(err)}


def broken():
    text = []

    def read():
        for event in client.messages.create(**call("breaks"), stream=True):
            if event.type == "content_block_delta":
                text.append(event.delta.text)

    return {**failure(read), "before": "".join(text)}


def with_key(**more):
    return anthropic.Anthropic(base_url=base, max_retries=0, **more).messages.create(**call("hello")).stop_reason


called = stream("tools", tools=tools)
content = called["message"]["content"]
turn = [*hello, {"role": "assistant", "content": content}, {"role": "user", "content": [
    {"type": "tool_result", "tool_use_id": content[1]["id"], "content": [{"type": "text", "text": "21 degrees"}]},
    {"type": "tool_result", "tool_use_id": content[2]["id"], "content": "noon", "is_error": True, "cache_control": {"type": "ephemeral"}},
    {"type": "text", "text": "And tomorrow?"},
]}]
thought = stream("thinks", thinking=thinking)
print(json.dumps({
    "unary": create("hello", system=[{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral"}}], metadata={"user_id": "user-7"}),
    "streamed": stream("hello"),
    "called": called,
    "calledUnary": create("tools", tools=tools),
    "secondTurn": create("second", tools=tools, messages=turn),
    "image": create("image", messages=[{"role": "user", "content": [image, {"type": "text", "text": "What is this?"}]}]),
    "thought": thought,
    "thoughtUnary": create("thinks", thinking=thinking),
    "afterThought": create("after-thought", thinking=thinking, messages=[
        *hello, {"role": "assistant", "content": thought["message"]["content"]}, {"role": "user", "content": "Go on"}]),
    "stopped": create("cut-short"),
    "tokens": client.messages.count_tokens(model=f"{target}/hello", messages=hello, system="Be kind.", tools=tools).model_dump(mode="json"),
    "beta": client.beta.messages.create(**call("beta"), betas=["unknown-2030-01-01"], extra_body={"context_management": {"edits": []}}).model_dump(mode="json"),
    "badKey": failure(lambda: anthropic.Anthropic(base_url=base, api_key="sk-wrong", max_retries=0).messages.create(**call("hello"))),
    "upstreamKey": failure(lambda: create("unauthorised")),
    "badField": failure(lambda: client.messages.create(**call("hello"), extra_body={"stream": "yes"})),
    "badMessages": failure(lambda: client.messages.create(**{**call("hello"), "messages": []})),
    "refused": failure(lambda: create("refused")),
    "noModel": failure(lambda: client.messages.create(**{**call("hello"), "model": "@nobody/has-this"})),
    "overloaded": failure(lambda: create("overloaded")),
    "overloadedStream": failure(lambda: stream("overloaded")),
    "limited": failure(lambda: create("limited")),
    "retried": client.with_options(max_retries=2).messages.create(**call("fault-500-then-ok:1")).model_dump(mode="json")["content"],
    "broken": broken(),
    "brokenHelper": failure(lambda: stream("breaks")),
    "byToken": with_key(auth_token=key),
    "byHeader": with_key(default_headers={"x-api-key": key, "Authorization": anthropic.Omit(), "anthropic-version": "2023-06-01"}),
}))
