// Langfuse's clients for JavaScript.
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { setLangfuseTracerProvider, startObservation } from "@langfuse/tracing";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

import { ask, answered, asked, model, report, traceparent } from "./harness.mjs";

const provider = new BasicTracerProvider({ spanProcessors: [new LangfuseSpanProcessor()] });
setLangfuseTracerProvider(provider);
const outer = startObservation("workflow", { input: asked });
const call = outer.startObservation("chat", { model, input: asked }, { asType: "generation" });
const answer = await ask(traceparent(call.otelSpan.spanContext()));
call.update({ output: answered(answer), usageDetails: { input: answer.usage.prompt_tokens, output: answer.usage.completion_tokens } }).end();
outer.end();
await provider.forceFlush();
report(outer.traceId);
await provider.shutdown();
