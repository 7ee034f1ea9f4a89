"""The google-genai client."""
import base64
import json

from google import genai
from google.genai import types

from harness import base, embedder, model, pdf, picture, run, schema, thinker, weather_schema

TOOLS = [types.Tool(function_declarations=[types.FunctionDeclaration(name="get_weather", description="The weather.", parameters_json_schema=weather_schema)])]
THINKING = types.GenerateContentConfig(thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=1024))


def client(key):
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=base, retry_options=types.HttpRetryOptions(attempts=1)))


def usage_of(r):
    return r.usage_metadata.prompt_token_count, r.usage_metadata.candidates_token_count, r.usage_metadata.cached_content_token_count


def plain(c, prompt):
    r = c.models.generate_content(model=model, contents=prompt, config=types.GenerateContentConfig(system_instruction="Be kind."))
    return r.text, usage_of(r)


def collect(c, contents, config=None, name=model):
    parts, usage, finish = [], None, None
    for e in c.models.generate_content_stream(model=name, contents=contents, config=config):
        candidate = e.candidates[0] if e.candidates else None
        parts += (candidate.content.parts or []) if candidate and candidate.content else []
        finish = (candidate and candidate.finish_reason) or finish
        if e.usage_metadata and e.usage_metadata.candidates_token_count:
            usage = usage_of(e)
    if not finish:
        raise RuntimeError("the stream has no finish reason")
    return parts, usage


def text_of(parts, thought=False):
    return "".join(p.text or "" for p in parts if bool(p.thought) == thought)


def stream(c, prompt):
    parts, usage = collect(c, prompt)
    return text_of(parts), usage


def round_trip(ask, prompt, weather):
    first = types.Content(role="user", parts=[types.Part(text=prompt)])
    parts = ask([first])
    results = [types.Part(function_response=types.FunctionResponse(id=p.function_call.id, name=p.function_call.name, response={"output": weather(p.function_call.args)}))
               for p in parts if p.function_call]
    return text_of(ask([first, types.Content(role="model", parts=parts), types.Content(role="user", parts=results)]))


def tools(c, prompt, weather):
    config = types.GenerateContentConfig(tools=TOOLS, automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True))
    return round_trip(lambda contents: c.models.generate_content(model=model, contents=contents, config=config).candidates[0].content.parts, prompt, weather)


def tools_stream(c, prompt, weather):
    config = types.GenerateContentConfig(tools=TOOLS, automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True))
    return round_trip(lambda contents: collect(c, contents, config)[0], prompt, weather)


def abort(c, prompt):
    events = c.models.generate_content_stream(model=model, contents=prompt)
    text = next(e.text for e in events if e.text)
    events.close()
    return text


def reasoning(c, prompt):
    first = c.models.generate_content(model=thinker, contents=prompt, config=THINKING).candidates[0].content
    turn = [types.Content(role="user", parts=[types.Part(text=text)]) for text in (prompt, "Go on. scenario-plain")]
    again = c.models.generate_content(model=thinker, contents=[turn[0], first, turn[1]], config=THINKING)
    return {"text": again.text, "thought": text_of(first.parts, True)}


def reasoning_stream(c, prompt):
    parts, _ = collect(c, prompt, THINKING, thinker)
    return {"text": text_of(parts), "thought": text_of(parts, True)}


run(client=client, cached=30, typed={400: "ClientError", 401: "ClientError", 429: "ClientError", 500: "ServerError"}, abort=abort,
    models=lambda c: [m.name.removeprefix("models/") for m in c.models.list()],
    count=lambda c, p: c.models.count_tokens(model=model, contents=p).total_tokens,
    files=lambda c, p: c.models.generate_content(model=model, contents=[p, types.Part.from_bytes(data=base64.b64decode(pdf), mime_type="application/pdf")]).text,
    plain=plain, stream=stream, tools=tools, tools_stream=tools_stream, reasoning=reasoning, reasoning_stream=reasoning_stream,
    images=lambda c, p: c.models.generate_content(model=model, contents=[p, types.Part.from_bytes(data=base64.b64decode(picture), mime_type="image/png")]).text,
    structured=lambda c, p: json.loads(c.models.generate_content(model=model, contents=p, config=types.GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=schema)).text),
    embeddings=lambda c, texts: [e.values for e in c.models.embed_content(model=embedder, contents=texts).embeddings])
