// The @anthropic-ai/sdk client.
import Anthropic from '@anthropic-ai/sdk'
import { base, first, model, pdf, picture, run, schema, thinker, weatherSchema } from './harness.mjs'

const max_tokens = 4000
const user = (content) => [{ role: 'user', content }]
const textOf = (m) => m.content.filter((b) => b.type === 'text').map((b) => b.text).join('')
const answer = (m) => ({ text: textOf(m), usage: [m.usage.input_tokens, m.usage.output_tokens, m.usage.cache_read_input_tokens] })
const tools = [{ name: 'get_weather', description: 'The weather.', input_schema: weatherSchema, cache_control: { type: 'ephemeral' } }]
const results = (m, weather) => m.content.filter((b) => b.type === 'tool_use').map((b) => ({ type: 'tool_result', tool_use_id: b.id, content: weather(b.input) }))
const thinking = { type: 'enabled', budget_tokens: 1024 }
const thoughtOf = (m) => m.content.find((b) => b.type === 'thinking')?.thinking

await run({
  cached: 10, typed: { 400: 'BadRequestError', 401: 'AuthenticationError', 429: 'RateLimitError', 500: 'InternalServerError' },
  client: (key) => new Anthropic({ baseURL: base, apiKey: key, maxRetries: 0 }),
  plain: async (c, prompt) => answer(await c.messages.create({ model, max_tokens, system: 'Be kind.', messages: user(prompt) })),
  stream: async (c, prompt) => answer(await c.messages.stream({ model, max_tokens, messages: user(prompt) }).finalMessage()),
  tools: async (c, prompt, weather) => {
    const first = await c.messages.create({ model, max_tokens, tools, messages: user(prompt) })
    return textOf(await c.messages.create({ model, max_tokens, tools, messages: [...user(prompt), { role: 'assistant', content: first.content }, ...user(results(first, weather))] }))
  },
  toolsStream: async (c, prompt, weather) => {
    const first = await c.messages.stream({ model, max_tokens, tools, messages: user(prompt) }).finalMessage()
    return textOf(await c.messages.stream({ model, max_tokens, tools, messages: [...user(prompt), { role: 'assistant', content: first.content }, ...user(results(first, weather))] }).finalMessage())
  },
  images: async (c, prompt) => textOf(await c.messages.create({ model, max_tokens,
    messages: user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture } }, { type: 'text', text: prompt }]) })),
  files: async (c, prompt) => textOf(await c.messages.create({ model, max_tokens,
    messages: user([{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } }, { type: 'text', text: prompt }]) })),
  abort: async (c, prompt) => first(await c.messages.create({ model, max_tokens, messages: user(prompt), stream: true }), (e) => e.delta?.text),
  count: async (c, prompt) => (await c.messages.countTokens({ model, messages: user(prompt) })).input_tokens,
  models: async (c) => (await c.models.list()).data.map((m) => m.id),
  structured: async (c, prompt) => JSON.parse(textOf(await c.messages.create({ model, max_tokens, messages: user(prompt), output_config: { format: { type: 'json_schema', schema } } }))),
  reasoning: async (c, prompt) => {
    const first = await c.messages.create({ model: thinker, max_tokens, thinking, messages: user(prompt) })
    const second = await c.messages.create({ model: thinker, max_tokens, thinking, messages: [...user(prompt), { role: 'assistant', content: first.content }, ...user('Go on. scenario-plain')] })
    return { text: textOf(second), thought: thoughtOf(first) }
  },
  reasoningStream: async (c, prompt) => {
    const m = await c.messages.stream({ model: thinker, max_tokens, thinking, messages: user(prompt) }).finalMessage()
    return { text: textOf(m), thought: thoughtOf(m) }
  },
})
