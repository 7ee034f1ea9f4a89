"""OpenInference's instrumentation of the openai client, over OpenTelemetry's exporter."""
from openinference.instrumentation.openai import OpenAIInstrumentor
from opentelemetry import propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from harness import ask, report

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
OpenAIInstrumentor().instrument(tracer_provider=provider)
with provider.get_tracer("shop").start_as_current_span("workflow") as outer:
    headers = {}
    propagate.inject(headers)
    ask(headers)
provider.shutdown()
report(outer.get_span_context().trace_id)
