"""Instructor over the openai or the anthropic client, which is named on the command line. It only
knows structured answers; a plain one is an object with one text."""
import sys

import instructor
from pydantic import BaseModel

from harness import base, model, run


class Weather(BaseModel):
    city: str
    degrees: int


if sys.argv[1] == "anthropic":
    from anthropic import Anthropic

    def client(key):
        return instructor.from_anthropic(Anthropic(base_url=base, api_key=key, max_retries=0))
    LIMIT = {"max_tokens": 4000}
else:
    from openai import OpenAI

    def client(key):
        return instructor.from_openai(OpenAI(base_url=base + "/v1", api_key=key, max_retries=0))
    LIMIT = {}


def ask(c, prompt, **more):
    return c.chat.completions.create(model=model, messages=[{"role": "user", "content": prompt}], response_model=Weather, max_retries=0, **LIMIT, **more)


def structured(c, prompt):
    last = None
    for last in c.chat.completions.create_partial(model=model, messages=[{"role": "user", "content": prompt}], response_model=Weather, max_retries=0, **LIMIT):
        pass
    whole = ask(c, prompt)
    if last.model_dump() != whole.model_dump():
        raise AssertionError(f"the streamed object is {last!r}")
    return whole


run(client=client, structured=structured, typed={400: "BadRequestError", 401: "AuthenticationError", 429: "RateLimitError", 500: "InternalServerError"})
