// The openai client: streams with usage, tools, embeddings, models, errors.
import OpenAI from 'openai'
import { base, key, print } from './settings.mjs'

const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 0 })

const seen = []
let usage = null
const stream = await openai.chat.completions.create({
  model: '@local/gpt-mock', stream: true, stream_options: { include_usage: true },
  messages: [{ role: 'user', content: 'Count' }],
})
for await (const chunk of stream) {
  if (chunk.choices[0]?.delta?.content) seen.push(chunk.choices[0].delta.content)
  if (chunk.usage) usage = chunk.usage
}
const plain = []
for await (const chunk of await openai.chat.completions.create({ model: '@local/gpt-mock', stream: true, messages: [{ role: 'user', content: 'Count' }] })) {
  plain.push(chunk.usage ?? null)
}
const embedded = await openai.embeddings.create({ model: 'mock/embed', input: ['one', 'two'] })
const models = await openai.models.list()
const failure = async (f) => { try { await f(); return null } catch (err) { return { status: err.status, message: err.message, name: err.constructor.name } } }

print({
  text: seen.join(''), pieces: seen.length, usage,
  usageUnasked: plain.filter((u) => u !== null).length,
  vectors: embedded.data.map((d) => d.embedding.length),
  models: models.data.map((m) => m.id),
  unknown: await failure(() => openai.chat.completions.create({ model: '@nobody/has-this', messages: [{ role: 'user', content: 'x' }] })),
  badKey: await failure(() => new OpenAI({ baseURL: `${base}/v1`, apiKey: 'sk-wrong', maxRetries: 0 }).models.list()),
})
