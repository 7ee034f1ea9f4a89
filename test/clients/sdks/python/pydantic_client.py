"""Pydantic AI with one of its models, which is named on the command line."""
import asyncio
import base64
import sys

from pydantic import BaseModel
from pydantic_ai import Agent, BinaryContent, NativeOutput, ThinkingPart
from pydantic_ai.messages import ModelRequest
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings

from harness import base, model, pdf, picture, run, thinker

name = sys.argv[1]
if name in ("chat", "responses"):
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    def model_of(key, m=model):
        kind = OpenAIChatModel if name == "chat" else OpenAIResponsesModel
        return kind(m, provider=OpenAIProvider(openai_client=AsyncOpenAI(base_url=base + "/v1", api_key=key, max_retries=0)))
    THINKING = {"openai_reasoning_effort": "low", "openai_reasoning_summary": "auto"}
elif name == "anthropic":
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    def model_of(key, m=model):
        return AnthropicModel(m, provider=AnthropicProvider(anthropic_client=AsyncAnthropic(base_url=base, api_key=key, max_retries=0)))
    THINKING = {"anthropic_thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 4000}
else:
    from google.genai import Client, types
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    def model_of(key, m=model):
        options = types.HttpOptions(base_url=base, retry_options=types.HttpRetryOptions(attempts=1))
        return GoogleModel(m, provider=GoogleProvider(client=Client(api_key=key, http_options=options)))
    THINKING = {"google_thinking_config": {"include_thoughts": True, "thinking_budget": 1024}}


class Weather(BaseModel):
    city: str
    degrees: int


def agent(key, m=model, **more):
    return Agent(model_of(key, m), retries=0, **more)


def whole(a, prompt):
    return asyncio.run(a.run(prompt))


def streamed(a, prompt):
    async def go():
        async with a.run_stream(prompt) as r:
            text = "".join([piece async for piece in r.stream_text(delta=True, debounce_by=None)])
            return text, r.usage() if callable(r.usage) else r.usage
    return asyncio.run(go())


def usage_of(r):
    u = r.usage() if callable(r.usage) else r.usage
    return u.input_tokens, u.output_tokens, u.cache_read_tokens


def plain(key, prompt):
    r = whole(agent(key, instructions="Be kind."), prompt)
    return r.output, usage_of(r)


def stream(key, prompt):
    text, usage = streamed(agent(key), prompt)
    return text, (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens)


def with_tool(key, weather):
    a = agent(key)

    @a.tool_plain
    def get_weather(city: str) -> str:
        """The weather."""
        return weather({"city": city})
    return a


def tools_stream(key, prompt, weather):
    async def go():
        async with with_tool(key, weather).iter(prompt) as steps:
            async for node in steps:
                if Agent.is_model_request_node(node):
                    async with node.stream(steps.ctx) as events:
                        async for _ in events:
                            pass
            return steps.result.output
    return asyncio.run(go())


def abort(key, prompt):
    async def go():
        async with agent(key).run_stream(prompt) as r:
            async for piece in r.stream_text(delta=True, debounce_by=None):
                return piece
    return asyncio.run(go())


def reasoning(key, prompt):
    r = whole(agent(key, thinker, model_settings=ModelSettings(**THINKING)), prompt)
    return {"text": r.output, "thought": "".join(p.content for m in r.all_messages() for p in m.parts if isinstance(p, ThinkingPart))}


def count(key, prompt):
    return asyncio.run(model_of(key).count_tokens([ModelRequest.user_text_prompt(prompt)], None, ModelRequestParameters())).input_tokens


run(client=lambda key: key, plain=plain, stream=stream, reasoning=reasoning, tools_stream=tools_stream,
    tools=lambda key, p, weather: whole(with_tool(key, weather), p).output,
    images=lambda key, p: whole(agent(key), [p, BinaryContent(data=base64.b64decode(picture), media_type="image/png")]).output,
    cached=30, abort=abort, typed="ModelHTTPError",
    files=lambda key, p: whole(agent(key), [p, BinaryContent(data=base64.b64decode(pdf), media_type="application/pdf")]).output,
    **({} if name == "chat" else {"count": count}),
    structured=lambda key, p: whole(agent(key, output_type=Weather if name == "anthropic" else NativeOutput(Weather)), p).output)
