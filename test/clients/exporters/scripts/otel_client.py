"""An application that is instrumented by hand with OpenTelemetry's SDK for Python."""
import json

from opentelemetry import propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind

from harness import ask, asked, model, report

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
tracer = provider.get_tracer("shop")
with tracer.start_as_current_span("workflow") as outer:
    with tracer.start_as_current_span("chat", kind=SpanKind.CLIENT, attributes={"gen_ai.request.model": model}) as call:
        headers = {}
        propagate.inject(headers)
        answer = ask(headers)
        call.set_attributes({"gen_ai.usage.input_tokens": answer.usage.prompt_tokens, "gen_ai.usage.output_tokens": answer.usage.completion_tokens,
                             "gen_ai.input.messages": json.dumps(asked), "gen_ai.output.messages": answer.choices[0].message.content})
provider.shutdown()
report(outer.get_span_context().trace_id)
