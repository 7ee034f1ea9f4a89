"""LiteLLM's own client with keys that are made over LiteLLM's admin API."""
import json
import os
import urllib.error
import urllib.request

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no network but the server
import litellm  # noqa: E402

litellm.suppress_debug_info = True

base, owner = os.environ["SLUICE_URL"], os.environ["SLUICE_API_KEY"]
hello = [{"role": "user", "content": "Hello"}]


def admin(path, body=None, key=owner):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + path, data, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as err:
        return {"status": err.code, **json.load(err)}


def complete(key, model="gpt-mock", **more):
    return litellm.completion(model="litellm_proxy/" + model, api_base=base, api_key=key, messages=hello, num_retries=0, max_retries=0, max_tokens=20, **more)


def failure(call):
    """The class of an error as LiteLLM raises it, and what of the answer it carries."""
    try:
        call()
    except Exception as err:
        return {"class": type(err).__name__, "status": getattr(err, "status_code", None), "text": str(err)}
    return {"class": "none"}


made = admin("/key/generate", {"key_alias": "real client", "models": ["gpt-mock"], "aliases": {"fast": "gpt-mock"}, "max_budget": 5, "budget_duration": "30d", "rpm_limit": 1000, "metadata": {"team": "red"}})
key = made["key"]
whole = complete(key)
stream = [c.choices[0].delta.content or "" for c in complete(key, stream=True) if c.choices]
vectors = litellm.embedding(model="litellm_proxy/gpt-mock", api_base=base, api_key=key, input=["one", "two"])
poor = admin("/key/generate", {"max_budget": 0.000001, "budget_duration": "24h"})["key"]
slow = admin("/key/generate", {"rpm_limit": 1})["key"]
complete(slow)
out = {
    "text": whole.choices[0].message.content,
    "aliased": complete(key, "fast").choices[0].message.content,
    "pieces": stream,
    "vectors": len(vectors.data),
    "info": admin("/key/info?key=" + key),
    "own": admin("/key/info", key=key),
    "listed": admin("/key/list?key_alias=real%20client&return_full_object=true"),
    "models": admin("/model/info", key=key),
    "poor": failure(lambda: complete(poor)),
    "limited": failure(lambda: complete(slow)),
    "denied": failure(lambda: complete(key, "@local/gpt-other")),
}
admin("/key/block", {"key": key})
out["blocked"] = failure(lambda: complete(key))
admin("/key/unblock", {"key": made["token"]})
out["unblocked"] = complete(key).choices[0].message.content
renewed = admin("/key/regenerate", {"key": made["token"]})["key"]
out["replaced"] = failure(lambda: complete(key))
out["renewed"] = complete(renewed).choices[0].message.content
out["deleted"] = admin("/key/delete", {"keys": [renewed]})
out["gone"] = failure(lambda: complete(renewed))
print(json.dumps(out, default=str))
