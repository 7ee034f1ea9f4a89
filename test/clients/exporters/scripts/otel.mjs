// An application that is instrumented by hand with OpenTelemetry's SDK for JavaScript. The argument
// names the encoding of the exporter: http (JSON) or proto.
import { context, SpanKind, trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

import { ask, answered, asked, model, report, traceparent } from "./harness.mjs";

const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${process.argv[2]}`);
const provider = new BasicTracerProvider({ resource: resourceFromAttributes({ "service.name": "shop" }), spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
const tracer = provider.getTracer("shop");
const outer = tracer.startSpan("workflow");
const call = tracer.startSpan("chat", { kind: SpanKind.CLIENT, attributes: { "gen_ai.request.model": model } }, trace.setSpan(context.active(), outer));
const answer = await ask(traceparent(call.spanContext()));
call.setAttributes({
  "gen_ai.usage.input_tokens": answer.usage.prompt_tokens, "gen_ai.usage.output_tokens": answer.usage.completion_tokens,
  "gen_ai.input.messages": JSON.stringify(asked), "gen_ai.output.messages": answered(answer),
});
call.end();
outer.end();
await provider.forceFlush();
report(outer.spanContext().traceId);
await provider.shutdown();
