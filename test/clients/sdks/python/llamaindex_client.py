"""LlamaIndex's openai-like model and embedding."""
import base64

from llama_index.core.llms import ChatMessage, DocumentBlock, ImageBlock, TextBlock
from llama_index.core.tools import FunctionTool
from llama_index.embeddings.openai_like import OpenAILikeEmbedding
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

from harness import base, embedder, model, pdf, picture, run, thinker


class Weather(BaseModel):
    city: str
    degrees: int


def llm(key, **more):
    return OpenAILike(**{"model": model, "api_base": base + "/v1", "api_key": key, "max_retries": 0, "is_chat_model": True, "is_function_calling_model": True,
                         "should_use_structured_outputs": True, "context_window": 100000, **more})


def plain(key, prompt):
    r = llm(key).chat([ChatMessage(role="system", content="Be kind."), ChatMessage(role="user", content=prompt)])
    return r.message.content, (r.raw.usage.prompt_tokens, r.raw.usage.completion_tokens, r.raw.usage.prompt_tokens_details.cached_tokens)


def stream(key, prompt):
    return "".join(r.delta or "" for r in llm(key).stream_chat([ChatMessage(role="user", content=prompt)]))


def abort(key, prompt):
    answers = llm(key).stream_chat([ChatMessage(role="user", content=prompt)])
    text = next(r.delta for r in answers if r.delta)
    answers.close()
    return text


def tools(ask):
    def round_trip(key, prompt, weather):
        def get_weather(city: str) -> str:
            """The weather."""
            return weather({"city": city})
        m = llm(key)
        tool = FunctionTool.from_defaults(get_weather)
        history = [ChatMessage(role="user", content=prompt)]
        first = ask(m, tool, history)
        results = [ChatMessage(role="tool", content=str(tool(**c.tool_kwargs)), additional_kwargs={"tool_call_id": c.tool_id}) for c in m.get_tool_calls_from_response(first)]
        return ask(m, tool, [*history, first.message, *results]).message.content
    return round_trip


def last(answers):
    for r in answers:
        pass
    return r


def images(key, prompt):
    return llm(key).chat([ChatMessage(role="user", blocks=[TextBlock(text=prompt), ImageBlock(image=base64.b64decode(picture), image_mimetype="image/png")])]).message.content


def reasoning(key, prompt):
    r = llm(key, model=thinker, reasoning_effort="low", additional_kwargs={"reasoning_effort": "low"}).chat([ChatMessage(role="user", content=prompt)])
    return {"text": r.message.content, "thought": r.raw.choices[0].message.reasoning_content}


run(client=lambda key: key, plain=plain, stream=stream, images=images, reasoning=reasoning,
    tools=tools(lambda m, tool, history: m.chat_with_tools([tool], chat_history=history, allow_parallel_tool_calls=True)),
    tools_stream=tools(lambda m, tool, history: last(m.stream_chat_with_tools([tool], chat_history=history, allow_parallel_tool_calls=True))),
    files=lambda key, p: llm(key).chat([ChatMessage(role="user", blocks=[TextBlock(text=p), DocumentBlock(data=base64.b64decode(pdf), document_mimetype="application/pdf", title="a.pdf")])]).message.content,
    cached=30, abort=abort, typed={400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError", 500: "InternalServerError"},
    structured=lambda key, p: llm(key).as_structured_llm(Weather).complete(p).raw,
    embeddings=lambda key, texts: OpenAILikeEmbedding(model_name=embedder, api_base=base + "/v1", api_key=key, max_retries=0).get_text_embedding_batch(texts))
