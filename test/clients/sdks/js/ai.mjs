// The Vercel AI SDK with one of its providers, which is named on the command line.
import { embedMany, generateObject, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai'
import { base, embedder, firstUntilAbort, model, pdf, picture, run, schema, thinker, weatherSchema } from './harness.mjs'

const name = process.argv[2]
const providers = {
  responses: async (key) => (await import('@ai-sdk/openai')).createOpenAI({ baseURL: base + '/v1', apiKey: key }),
  chat: async (key) => { const p = (await import('@ai-sdk/openai')).createOpenAI({ baseURL: base + '/v1', apiKey: key }); return Object.assign((m) => p.chat(m), { embed: (m) => p.textEmbeddingModel?.(m) ?? p.embeddingModel(m) }) },
  compatible: async (key) => (await import('@ai-sdk/openai-compatible')).createOpenAICompatible({ name: 'sluice', baseURL: base + '/v1', apiKey: key, includeUsage: true, supportsStructuredOutputs: true }),
  anthropic: async (key) => (await import('@ai-sdk/anthropic')).createAnthropic({ baseURL: base + '/v1', apiKey: key }),
  google: async (key) => (await import('@ai-sdk/google')).createGoogleGenerativeAI({ baseURL: base + '/v1beta', apiKey: key }),
  openrouter: async (key) => (await import('@openrouter/ai-sdk-provider')).createOpenRouter({ baseURL: base + '/api/v1', apiKey: key, compatibility: 'strict' }),
}
// How each provider is asked for the model's thoughts.
const thinking = {
  responses: { openai: { reasoningEffort: 'low', reasoningSummary: 'auto', forceReasoning: true, store: false } },
  chat: { openai: { reasoningEffort: 'low', forceReasoning: true } },
  compatible: { sluice: { reasoningEffort: 'low' } },
  anthropic: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } },
  google: { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } },
  openrouter: { openrouter: { reasoning: { effort: 'low' } } },
}
const noEmbeddings = ['anthropic']
const onlyTokens = ['chat'] // the chat model of @ai-sdk/openai drops the text of a thought

const loaded = new Map()
const provider = async (key) => loaded.get(key) ?? (loaded.set(key, await providers[name](key)), loaded.get(key))
const ask = async (key, more, m = model) => ({ model: (await provider(key))(m), maxRetries: 0, ...more })
const usageOf = (u) => [u.inputTokens, u.outputTokens, u.inputTokenDetails?.cacheReadTokens]
const tools = (weather) => ({ get_weather: tool({ description: 'The weather.', inputSchema: jsonSchema(weatherSchema), execute: async (args) => weather(args) }) })
const streamed = async (args) => {
  const r = streamText({ ...args, onError: () => {} })
  let text = '', thought = ''
  for await (const part of r.fullStream) {
    if (part.type === 'text-delta') text += part.text
    if (part.type === 'reasoning-delta') thought += part.text
    if (part.type === 'error') throw part.error
    if (part.type === 'finish' && part.finishReason === 'error') throw new Error('finish reason error')
  }
  return { text, thought, usage: usageOf(await r.usage), last: await r.text, tokens: (await r.usage).outputTokenDetails?.reasoningTokens }
}
const pick = (r) => ({ text: r.text, ...(onlyTokens.includes(name) ? { tokens: r.tokens } : { thought: r.thought }) })

await run({
  cached: 30, typed: 'AI_APICallError',
  client: (key) => key,
  plain: async (key, prompt) => {
    const r = await generateText(await ask(key, { instructions: 'Be kind.', prompt }))
    return { text: r.text, usage: usageOf(r.usage) }
  },
  stream: async (key, prompt) => {
    const { text, usage } = await streamed(await ask(key, { prompt }))
    return { text, usage }
  },
  tools: async (key, prompt, weather) => (await generateText(await ask(key, { prompt, tools: tools(weather), stopWhen: stepCountIs(3) }))).text,
  toolsStream: async (key, prompt, weather) => (await streamed(await ask(key, { prompt, tools: tools(weather), stopWhen: stepCountIs(3) }))).last,
  images: async (key, prompt) => (await generateText(await ask(key, { messages: [{ role: 'user', content: [{ type: 'text', text: prompt }, { type: 'file', mediaType: 'image/png', data: Buffer.from(picture, 'base64') }] }] }))).text,
  files: async (key, prompt) => (await generateText(await ask(key, { messages: [{ role: 'user', content: [{ type: 'text', text: prompt }, { type: 'file', mediaType: 'application/pdf', filename: 'a.pdf', data: Buffer.from(pdf, 'base64') }] }] }))).text,
  abort: (key, prompt) => firstUntilAbort(async (abortSignal) => streamText({ ...(await ask(key, { prompt, abortSignal })), onError: () => {} }).fullStream, (part) => part.type === 'text-delta' && part.text),
  structured: async (key, prompt) => (Output?.object
    ? (await generateText(await ask(key, { prompt, output: Output.object({ schema: jsonSchema(schema) }) }))).output
    : (await generateObject(await ask(key, { prompt, schema: jsonSchema(schema) }))).object),
  reasoning: async (key, prompt) => {
    const r = await generateText(await ask(key, { prompt, providerOptions: thinking[name] }, thinker))
    return pick({ text: r.text, thought: r.reasoningText, tokens: r.usage.outputTokenDetails?.reasoningTokens })
  },
  reasoningStream: async (key, prompt) => pick(await streamed(await ask(key, { prompt, providerOptions: thinking[name] }, thinker))),
  embeddings: noEmbeddings.includes(name) ? undefined : async (key, values) => {
    const p = await provider(key)
    const m = p.embed?.(embedder) ?? p.embeddingModel?.(embedder) ?? p.textEmbeddingModel(embedder)
    return (await embedMany({ model: m, values, maxRetries: 0 })).embeddings
  },
})
