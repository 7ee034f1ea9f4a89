"""The openai client for Python: chat or responses."""
import json
import sys

from openai import OpenAI

from harness import base, embedder, model, pdf, picture, run, schema, thinker, weather_schema


def client(key):
    return OpenAI(base_url=base + "/v1", api_key=key, max_retries=0)


def user(content):
    return [{"role": "user", "content": content}]


TYPED = {400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError", 500: "InternalServerError"}


def models(c):
    return [m.id for m in c.models.list()]


def usage_of(u):
    if hasattr(u, "prompt_tokens"):
        return u.prompt_tokens, u.completion_tokens, u.prompt_tokens_details.cached_tokens
    return u.input_tokens, u.output_tokens, u.input_tokens_details.cached_tokens


def embeddings(c, texts):
    return [d.embedding for d in c.embeddings.create(model=embedder, input=texts).data]


CHAT_TOOLS = [{"type": "function", "function": {"name": "get_weather", "parameters": weather_schema, "strict": True}}]
CHAT_FORMAT = {"type": "json_schema", "json_schema": {"name": "weather", "strict": True, "schema": schema}}


def chat_text(c, content, **more):
    return c.chat.completions.create(model=more.pop("model", model), messages=user(content), **more).choices[0].message.content


def chat_plain(c, prompt):
    r = c.chat.completions.create(model=model, messages=[{"role": "system", "content": "Be kind."}, *user(prompt)])
    return r.choices[0].message.content, usage_of(r.usage)


def chat_stream(c, prompt):
    text, usage = "", None
    for e in c.chat.completions.create(model=model, messages=user(prompt), stream=True, stream_options={"include_usage": True}):
        text += (e.choices[0].delta.content or "") if e.choices else ""
        if e.usage:
            usage = usage_of(e.usage)
    return text, usage


def chat_tools(c, prompt, weather):
    message = c.chat.completions.create(model=model, messages=user(prompt), tools=CHAT_TOOLS, tool_choice="auto").choices[0].message
    return chat_second(c, prompt, message, weather)


def chat_tools_stream(c, prompt, weather):
    with c.chat.completions.stream(model=model, messages=user(prompt), tools=CHAT_TOOLS) as s:
        message = s.get_final_completion().choices[0].message
    return chat_second(c, prompt, message, weather)


def chat_second(c, prompt, message, weather):
    results = [{"role": "tool", "tool_call_id": t.id, "content": weather(json.loads(t.function.arguments))} for t in message.tool_calls]
    back = {"role": "assistant", "content": message.content, "tool_calls": [
        {"id": t.id, "type": "function", "function": {"name": t.function.name, "arguments": t.function.arguments}} for t in message.tool_calls]}
    return c.chat.completions.create(model=model, tools=CHAT_TOOLS, messages=[*user(prompt), back, *results]).choices[0].message.content


def chat_images(c, prompt):
    return chat_text(c, [{"type": "text", "text": prompt}, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}])


def chat_files(c, prompt):
    return chat_text(c, [{"type": "text", "text": prompt}, {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{pdf}"}}])


def chat_abort(c, prompt):
    with c.chat.completions.create(model=model, messages=user(prompt), stream=True) as events:
        return next(e.choices[0].delta.content for e in events if e.choices and e.choices[0].delta.content)


def chat_reasoning(c, prompt):
    m = c.chat.completions.create(model=thinker, messages=user(prompt), reasoning_effort="low", max_completion_tokens=4000).choices[0].message
    return {"text": m.content, "thought": m.reasoning_content}


RESPONSES_TOOLS = [{"type": "function", "name": "get_weather", "parameters": weather_schema, "strict": True}]


def responses_plain(c, prompt):
    r = c.responses.create(model=model, instructions="Be kind.", input=prompt)
    return r.output_text, usage_of(r.usage)


def responses_stream(c, prompt):
    with c.responses.stream(model=model, input=user(prompt)) as s:
        text = "".join(e.delta for e in s if e.type == "response.output_text.delta")
        r = s.get_final_response()
    return text if text == r.output_text else f"{text} / {r.output_text}", usage_of(r.usage)


def responses_second(c, prompt, first, weather):
    results = [{"type": "function_call_output", "call_id": o.call_id, "output": weather(json.loads(o.arguments))} for o in first.output if o.type == "function_call"]
    return c.responses.create(model=model, tools=RESPONSES_TOOLS, store=False, input=[*user(prompt), *first.output, *results]).output_text


def responses_tools(c, prompt, weather):
    return responses_second(c, prompt, c.responses.create(model=model, input=user(prompt), tools=RESPONSES_TOOLS, store=False), weather)


def responses_tools_stream(c, prompt, weather):
    with c.responses.stream(model=model, input=user(prompt), tools=RESPONSES_TOOLS, store=False) as s:
        first = s.get_final_response()
    results = [{"type": "function_call_output", "call_id": o.call_id, "output": weather(json.loads(o.arguments))} for o in first.output if o.type == "function_call"]
    calls = [{"type": "function_call", "call_id": o.call_id, "name": o.name, "arguments": o.arguments} for o in first.output if o.type == "function_call"]
    with c.responses.stream(model=model, input=[*user(prompt), *calls, *results], tools=RESPONSES_TOOLS, store=False) as s:
        return s.get_final_response().output_text


def responses_images(c, prompt):
    return c.responses.create(model=model, input=user([{"type": "input_text", "text": prompt},
                              {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{picture}"}])).output_text


def responses_files(c, prompt):
    return c.responses.create(model=model, input=user([{"type": "input_text", "text": prompt},
                              {"type": "input_file", "filename": "a.pdf", "file_data": f"data:application/pdf;base64,{pdf}"}])).output_text


def responses_abort(c, prompt):
    with c.responses.create(model=model, input=prompt, stream=True) as events:
        return next(e.delta for e in events if e.type == "response.output_text.delta")


def responses_structured(c, prompt):
    return json.loads(c.responses.create(model=model, input=prompt, text={"format": {"type": "json_schema", "name": "weather", "strict": True, "schema": schema}}).output_text)


def responses_reasoning(c, prompt):
    effort = {"effort": "low", "summary": "auto"}
    first = c.responses.create(model=thinker, input=prompt, store=False, reasoning=effort, include=["reasoning.encrypted_content"])
    again = c.responses.create(model=thinker, store=False, input=[*user(prompt), *first.output, *user("Go on. scenario-plain")], reasoning=effort)
    return {"text": again.output_text, "thought": "".join(s.text for o in first.output if o.type == "reasoning" for s in o.summary)}


if sys.argv[1] == "chat":
    run(client=client, models=models, typed=TYPED, cached=30, files=chat_files, abort=chat_abort, plain=chat_plain, stream=chat_stream, tools=chat_tools, tools_stream=chat_tools_stream, images=chat_images,
        structured=lambda c, p: json.loads(chat_text(c, p, response_format=CHAT_FORMAT)), reasoning=chat_reasoning, embeddings=embeddings)
else:
    run(client=client, models=models, typed=TYPED, cached=30, files=responses_files, abort=responses_abort,
        count=lambda c, p: c.responses.input_tokens.count(model=model, input=p).input_tokens, plain=responses_plain, stream=responses_stream, tools=responses_tools, tools_stream=responses_tools_stream,
        images=responses_images, structured=responses_structured, reasoning=responses_reasoning, embeddings=embeddings)
