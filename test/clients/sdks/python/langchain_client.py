"""LangChain with one of its chat models, which is named on the command line."""
import sys

from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage

from harness import base, embedder, model, pdf, picture, run, schema, thinker, weather_schema

name = sys.argv[1]
embeddings = None
if name == "openai":
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings

    def chat(key, **more):
        return ChatOpenAI(**{"model": model, "api_key": key, "base_url": base + "/v1", "max_retries": 0, **more})

    def embeddings(key, texts):
        return OpenAIEmbeddings(model=embedder, api_key=key, base_url=base + "/v1", max_retries=0, check_embedding_ctx_length=False).embed_documents(texts)
    THINKING = {"model": thinker, "reasoning_effort": "low"}
elif name == "anthropic":
    from langchain_anthropic import ChatAnthropic

    def chat(key, **more):
        return ChatAnthropic(**{"model": model, "api_key": key, "base_url": base, "max_retries": 0, "max_tokens": 4000, **more})
    THINKING = {"model": thinker, "thinking": {"type": "enabled", "budget_tokens": 1024}}
else:
    from langchain_google_genai import ChatGoogleGenerativeAI, GoogleGenerativeAIEmbeddings

    def chat(key, **more):
        return ChatGoogleGenerativeAI(**{"model": model, "google_api_key": key, "base_url": base, "max_retries": 1, **more})

    def embeddings(key, texts):
        return GoogleGenerativeAIEmbeddings(model=embedder, google_api_key=key, base_url=base).embed_documents(texts)
    THINKING = {"model": thinker, "include_thoughts": True, "thinking_budget": 1024}

TOOL = {"type": "function", "function": {"name": "get_weather", "description": "The weather.", "parameters": weather_schema}}
FORMAT = {"title": "weather", "description": "The weather.", **schema}


def usage_of(m):
    return m.usage_metadata["input_tokens"], m.usage_metadata["output_tokens"], m.usage_metadata.get("input_token_details", {}).get("cache_read")


def plain(key, prompt):
    m = chat(key).invoke([SystemMessage("Be kind."), HumanMessage(prompt)])
    return m.text, usage_of(m)


def gather(model_or_bound, messages):
    whole = None
    for m in model_or_bound.stream(messages):
        whole = m if whole is None else whole + m
    return whole


def stream(key, prompt):
    m = gather(chat(key, **({"stream_usage": True} if name == "openai" else {})), prompt)
    return m.text, usage_of(m)


def abort(key, prompt):
    events = chat(key).stream(prompt)
    text = next(m.text for m in events if m.text)
    events.close()
    return text


def tools(ask):
    def round_trip(key, prompt, weather):
        bound = chat(key).bind_tools([TOOL])
        first = ask(bound, [HumanMessage(prompt)])
        results = [ToolMessage(tool_call_id=t["id"], name=t["name"], content=weather(t["args"])) for t in first.tool_calls]
        return ask(bound, [HumanMessage(prompt), first, *results]).text
    return round_trip


def reasoning(key, prompt):
    m = chat(key, **THINKING).invoke(prompt)
    if name == "openai":  # it drops reasoning_content
        return {"text": m.text, "tokens": m.usage_metadata["output_token_details"].get("reasoning")}
    return {"text": m.text, "thought": "".join(b.get("thinking", "") for b in m.content if isinstance(b, dict))}


driver = {
    "client": lambda key: key, "plain": plain, "stream": stream, "reasoning": reasoning,
    "tools": tools(lambda bound, messages: bound.invoke(messages)), "tools_stream": tools(gather),
    "images": lambda key, p: chat(key).invoke([HumanMessage([{"type": "text", "text": p}, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}])]).text,
    "files": lambda key, p: chat(key).invoke([HumanMessage([{"type": "text", "text": p}, {"type": "file", "base64": pdf, "mime_type": "application/pdf", "filename": "a.pdf"}])]).text,
    "cached": 30, "abort": abort, "typed": {400: "ChatGoogleGenerativeAIError", 500: "GoogleAPIError"} if name == "google" else {400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError", 500: "InternalServerError"},
    "structured": lambda key, p: chat(key).with_structured_output(FORMAT, method="json_schema").invoke(p),
}
if name == "anthropic":
    driver["count"] = lambda key, p: chat(key).get_num_tokens_from_messages([HumanMessage(p)])
if name == "google":
    driver["count"] = lambda key, p: chat(key).get_num_tokens(p)
if embeddings:
    driver["embeddings"] = embeddings
run(**driver)
