"""Traceloop's SDK, which instruments the openai client by itself."""
from opentelemetry import propagate, trace
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import workflow

Traceloop.init(app_name="shop", disable_batch=True)

from harness import ask, report  # noqa: E402  the client is made after it was instrumented


@workflow(name="workflow")
def run():
    headers = {}
    propagate.inject(headers)
    ask(headers)
    return trace.get_current_span().get_span_context().trace_id


report(run())
