// The @openrouter/sdk client.
import { OpenRouter } from '@openrouter/sdk'
import { base, embedder, firstUntilAbort, model, pdf, picture, run, schema, thinker, weatherSchema } from './harness.mjs'

const user = (content) => [{ role: 'user', content }]
const send = (c, chatRequest, options) => c.chat.send({ chatRequest: { model, ...chatRequest } }, options)
const textOf = (r) => r.choices[0].message.content
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: weatherSchema } }]

await run({
  cached: 30, typed: { 400: 'BadRequestResponseError', 401: 'UnauthorizedResponseError', 429: 'TooManyRequestsResponseError', 500: 'InternalServerResponseError' },
  client: (key) => new OpenRouter({ apiKey: key, serverURL: base + '/api/v1', retryConfig: { strategy: 'none' } }),
  plain: async (c, prompt) => {
    const r = await send(c, { messages: user(prompt) })
    return { text: textOf(r), usage: [r.usage.promptTokens, r.usage.completionTokens, r.usage.promptTokensDetails?.cachedTokens] }
  },
  stream: async (c, prompt) => {
    let text = ''
    for await (const e of await send(c, { messages: user(prompt), stream: true })) {
      if (e.error) throw Object.assign(new Error(e.error.message), { status: e.error.code })
      text += e.choices[0]?.delta?.content ?? ''
    }
    return text
  },
  tools: async (c, prompt, weather) => {
    const { message } = (await send(c, { messages: user(prompt), tools })).choices[0]
    const results = message.toolCalls.map((t) => ({ role: 'tool', toolCallId: t.id, content: weather(JSON.parse(t.function.arguments)) }))
    return textOf(await send(c, { tools, messages: [...user(prompt), message, ...results] }))
  },
  images: async (c, prompt) => textOf(await send(c, { messages: user([{ type: 'text', text: prompt }, { type: 'image_url', imageUrl: { url: `data:image/png;base64,${picture}` } }]) })),
  files: async (c, prompt) => textOf(await send(c, { messages: user([{ type: 'text', text: prompt }, { type: 'file', file: { filename: 'a.pdf', fileData: `data:application/pdf;base64,${pdf}` } }]) })),
  abort: (c, prompt) => firstUntilAbort((signal) => send(c, { messages: user(prompt), stream: true }, { fetchOptions: { signal } }), (e) => e.choices[0]?.delta?.content),
  models: async (c) => {
    const ids = []
    for await (const page of await c.models.list()) ids.push(...page.result.data.map((m) => m.id))
    return ids
  },
  structured: async (c, prompt) => JSON.parse(textOf(await send(c, { messages: user(prompt), responseFormat: { type: 'json_schema', jsonSchema: { name: 'weather', schema, strict: true } } }))),
  reasoning: async (c, prompt) => {
    const r = await send(c, { model: thinker, messages: user(prompt), reasoning: { effort: 'low' } })
    return { text: textOf(r), thought: r.choices[0].message.reasoning }
  },
  embeddings: async (c, input) => (await c.embeddings.generate({ requestBody: { model: embedder, input } })).data.map((d) => d.embedding),
})
