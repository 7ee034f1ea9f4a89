"""The openai client's Responses API against one target, which is named on the command line."""
import json
import os
import sys

import openai

base, key, target = os.environ["SLUICE_URL"] + "/v1", os.environ["SLUICE_API_KEY"], sys.argv[1]
client = openai.OpenAI(base_url=base, api_key=key, max_retries=0)
tools = [
    {"type": "function", "name": "get_weather", "description": "The weather of a city.", "strict": True,
     "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}},
    {"type": "function", "name": "get_time", "strict": False, "parameters": {"type": "object", "properties": {}}},
]
custom = [
    {"type": "custom", "name": "apply_patch", "description": "Patch.",
     "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}},
    {"type": "namespace", "name": "web", "description": "Web.",
     "tools": [{"type": "function", "name": "open", "strict": False, "parameters": {"type": "object", "properties": {}}}]},
]
schema = {"type": "json_schema", "name": "person", "strict": True, "schema": {
    "type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"], "additionalProperties": False}}


def call(model, **more):
    return {"model": f"{target}/{model}", "input": "Hello", **more}


def create(model, **more):
    return client.responses.create(**call(model, **more))


def stream(model, **more):
    """Read a stream with the helper of the SDK, which puts its events together."""
    kinds, numbers = [], []
    with client.responses.stream(**call(model, **more)) as events:
        for event in events:
            kinds.append(event.type)
            numbers.append(event.sequence_number)
        response = events.get_final_response()
    return {"response": response.model_dump(mode="json", warnings=False), "text": response.output_text, "kinds": kinds,
            "ordered": all(a < b for a, b in zip(numbers, numbers[1:]))}


def failure(f):
    try:
        return {"text": str(f())}
    except openai.APIError as err:
        return {"name": type(err).__name__, "status": getattr(err, "status_code", None), "code": err.code, "type": err.type,
                "param": err.param, "message": str(err)}


def broken():
    text = []

    def read():
        for event in client.responses.create(**call("breaks"), stream=True):
            if event.type == "response.output_text.delta":
                text.append(event.delta)

    return {**failure(read), "before": "".join(text)}


def dump(response):
    return response.model_dump(mode="json", warnings=False)


called = stream("tools", tools=tools, tool_choice="auto", parallel_tool_calls=True)
calls = [item for item in called["response"]["output"] if item["type"] == "function_call"]
answered = [{"role": "user", "content": "Hello"}, *[{k: v for k, v in item.items() if v is not None and k != "parsed_arguments"} for item in called["response"]["output"]],
            {"type": "function_call_output", "call_id": calls[0]["call_id"], "output": "21 degrees"},
            {"type": "function_call_output", "call_id": calls[1]["call_id"], "output": "noon"},
            {"role": "user", "content": "And tomorrow?"}]
thought = stream("thinks", reasoning={"effort": "low", "summary": "auto"}, include=["reasoning.encrypted_content"], store=False)
unary = create("hello", instructions="Be kind.", metadata={"team": "red"})
print(json.dumps({
    "unary": dump(unary), "unaryText": unary.output_text,
    "streamed": stream("hello"),
    "called": called,
    "calledUnary": dump(create("tools", tools=tools)),
    "secondTurn": create("second", tools=tools, input=answered).output_text,
    "custom": stream("custom", tools=custom),
    "image": create("image", input=[{"role": "user", "content": [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo4111111111111111=", "detail": "auto"}]}]).output_text,
    "parsed": json.loads(create("json", text={"format": schema}).output_text),
    "thought": thought,
    "afterThought": create("thinks", reasoning={"effort": "low"}, store=False, input=[
        {"role": "user", "content": "Hello"}, *thought["response"]["output"], {"role": "user", "content": "Go on"}]).output_text,
    "stopped": dump(create("cut-short")),
    "badKey": failure(lambda: openai.OpenAI(base_url=base, api_key="sk-wrong", max_retries=0).responses.create(**call("hello"))),
    "badField": failure(lambda: create("hello", extra_body={"stream": "yes"})),
    "badInput": failure(lambda: create("hello", input=[])),
    "refused": failure(lambda: create("refused")),
    "noModel": failure(lambda: client.responses.create(model="@nobody/has-this", input="Hello")),
    "limited": failure(lambda: create("limited")),
    "retried": openai.OpenAI(base_url=base, api_key=key, max_retries=2).responses.create(**call("fault-500-then-ok:1")).output_text,
    "broken": broken(),
    "brokenHelper": failure(lambda: stream("breaks")["text"]),
}))
