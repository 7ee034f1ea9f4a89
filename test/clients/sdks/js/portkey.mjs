// The portkey-ai client.
import { Portkey } from 'portkey-ai'
import { base, embedder, first, model, pdf, picture, run, schema, thinker, weatherSchema } from './harness.mjs'

const user = (content) => [{ role: 'user', content }]
const textOf = (r) => r.choices[0].message.content
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: weatherSchema } }]

await run({
  cached: 30, typed: { 400: 'BadRequestError', 401: 'AuthenticationError', 429: 'RateLimitError', 500: 'InternalServerError' },
  client: (key) => new Portkey({ apiKey: key, baseURL: base + '/v1', maxRetries: 0 }),
  plain: async (c, prompt) => {
    const r = await c.chat.completions.create({ model, messages: user(prompt) })
    return { text: textOf(r), usage: [r.usage.prompt_tokens, r.usage.completion_tokens, r.usage.prompt_tokens_details?.cached_tokens] }
  },
  stream: async (c, prompt) => {
    let text = ''
    for await (const e of await c.chat.completions.create({ model, messages: user(prompt), stream: true })) text += e.choices[0]?.delta?.content ?? ''
    return text
  },
  tools: async (c, prompt, weather) => {
    const { message } = (await c.chat.completions.create({ model, messages: user(prompt), tools })).choices[0]
    const results = message.tool_calls.map((t) => ({ role: 'tool', tool_call_id: t.id, content: weather(JSON.parse(t.function.arguments)) }))
    return textOf(await c.chat.completions.create({ model, tools, messages: [...user(prompt), message, ...results] }))
  },
  images: async (c, prompt) => textOf(await c.chat.completions.create({ model, messages: user([{ type: 'text', text: prompt }, { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } }]) })),
  files: async (c, prompt) => textOf(await c.chat.completions.create({ model, messages: user([{ type: 'text', text: prompt }, { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` } }]) })),
  abort: async (c, prompt) => first(await c.chat.completions.create({ model, messages: user(prompt), stream: true }), (e) => e.choices[0]?.delta?.content),
  models: async (c) => (await c.models.list()).data.map((m) => m.id),
  structured: async (c, prompt) => JSON.parse(textOf(await c.chat.completions.create({ model, messages: user(prompt), response_format: { type: 'json_schema', json_schema: { name: 'weather', schema } } }))),
  reasoning: async (c, prompt) => {
    const r = await c.chat.completions.create({ model: thinker, messages: user(prompt), reasoning_effort: 'low', max_completion_tokens: 4000 })
    return { text: textOf(r), thought: r.choices[0].message.reasoning_content }
  },
  embeddings: async (c, input) => (await c.embeddings.create({ model: embedder, input })).data.map((d) => d.embedding),
})
