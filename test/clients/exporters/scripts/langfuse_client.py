"""Langfuse's client for Python."""
from langfuse import Langfuse
from opentelemetry import propagate

from harness import ask, asked, model, report

langfuse = Langfuse()
with langfuse.start_as_current_observation(name="workflow", input=asked):
    with langfuse.start_as_current_observation(name="chat", as_type="generation", model=model, input=asked) as call:
        headers = {}
        propagate.inject(headers)
        answer = ask(headers)
        call.update(output=answer.choices[0].message.content, usage_details={"input": answer.usage.prompt_tokens, "output": answer.usage.completion_tokens})
        trace = call.trace_id
langfuse.flush()
report(trace)
