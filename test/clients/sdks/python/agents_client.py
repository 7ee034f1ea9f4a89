"""OpenAI's Agents SDK for Python with responses or chat, which is named on the command line."""
import asyncio
import json
import sys

from agents import Agent, FunctionTool, ModelSettings, OpenAIProvider, RunConfig, Runner, set_tracing_disabled
from openai import AsyncOpenAI
from openai.types.shared import Reasoning
from pydantic import BaseModel

from harness import base, model, pdf, picture, run, thinker, weather_schema

set_tracing_disabled(True)


class Weather(BaseModel):
    city: str
    degrees: int


def config(key):
    client = AsyncOpenAI(base_url=base + "/v1", api_key=key, max_retries=0)
    return RunConfig(model_provider=OpenAIProvider(openai_client=client, use_responses=sys.argv[1] == "responses"), tracing_disabled=True)


def agent(**more):
    return Agent(**{"name": "helper", "instructions": "Be kind.", "model": model, **more})


def whole(key, a, prompt):
    return asyncio.run(Runner.run(a, prompt, run_config=config(key)))


def streamed(key, a, prompt):
    async def go():
        r = Runner.run_streamed(a, prompt, run_config=config(key))
        text = ""
        async for e in r.stream_events():
            if e.type == "raw_response_event" and e.data.type == "response.output_text.delta":
                text += e.data.delta
        return text, r
    return asyncio.run(go())


def usage_of(r):
    u = r.raw_responses[0].usage
    return u.input_tokens, u.output_tokens, u.input_tokens_details.cached_tokens


def plain(key, prompt):
    r = whole(key, agent(), prompt)
    return r.final_output, usage_of(r)


def stream(key, prompt):
    text, r = streamed(key, agent(model_settings=ModelSettings(include_usage=True)), prompt)
    return text, usage_of(r)


def abort(key, prompt):
    async def go():
        r = Runner.run_streamed(agent(), prompt, run_config=config(key))
        text = ""
        async for e in r.stream_events():
            if e.type == "raw_response_event" and e.data.type == "response.output_text.delta" and not text:
                text = e.data.delta
                r.cancel()
        return text
    return asyncio.run(go())


def weather_tool(weather):
    async def call(_, args):
        return weather(json.loads(args))
    return FunctionTool(name="get_weather", description="The weather.", params_json_schema=weather_schema, on_invoke_tool=call)


def reasoning(key, prompt):
    r = whole(key, agent(model=thinker, model_settings=ModelSettings(reasoning=Reasoning(effort="low", summary="auto"))), prompt)
    items = [i.raw_item for i in r.new_items if i.type == "reasoning_item"]
    return {"text": r.final_output, "thought": "".join(s.text for i in items for s in i.summary)}


run(client=lambda key: key, plain=plain, stream=stream, reasoning=reasoning,
    tools=lambda key, p, weather: whole(key, agent(tools=[weather_tool(weather)]), p).final_output,
    tools_stream=lambda key, p, weather: streamed(key, agent(tools=[weather_tool(weather)]), p)[1].final_output,
    images=lambda key, p: whole(key, agent(), [{"role": "user", "content": [{"type": "input_text", "text": p},
                                {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{picture}"}]}]).final_output,
    files=lambda key, p: whole(key, agent(), [{"role": "user", "content": [{"type": "input_text", "text": p},
                               {"type": "input_file", "filename": "a.pdf", "file_data": f"data:application/pdf;base64,{pdf}"}]}]).final_output,
    cached=30, abort=abort, typed={400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError", 500: "InternalServerError"},
    structured=lambda key, p: whole(key, agent(output_type=Weather), p).final_output)
