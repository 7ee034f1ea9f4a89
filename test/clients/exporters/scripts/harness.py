"""What the applications in Python share: the call through Sluice, and how they end."""
import json
import os

from openai import OpenAI

base = os.environ["SLUICE_BASE"]
model = os.environ["SLUICE_MODEL"]
asked = [{"role": "user", "content": "Hello exporter."}]
client = OpenAI(base_url=base + "/v1", api_key=os.environ["SLUICE_KEY"], max_retries=0)


def ask(headers=None):
    """The answer of the model."""
    return client.chat.completions.create(model=model, messages=asked, extra_headers=headers)


def report(trace):
    """Tells which trace was exported. It is a number, or already in hex digits."""
    print(json.dumps({"trace": trace if isinstance(trace, str) else f"{trace:032x}"}))
