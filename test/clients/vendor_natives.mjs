// The clients of Ollama and Cohere at their own vendors: what only they know of an answer.
import { CohereClientV2 } from 'cohere-ai'
import { Ollama } from 'ollama'
import { base, key, print } from './settings.mjs'

const ollama = new Ollama({ host: base, headers: { Authorization: `Bearer ${key}` } })
const cohere = new CohereClientV2({ token: key, environment: base, maxRetries: 0 })
const messages = [{ role: 'user', content: 'Hello you' }]
const weather = [{ type: 'function', function: { name: 'weather', description: 'Of a city', parameters: { type: 'object', properties: {} } } }]
const all = async (stream) => { const list = []; for await (const part of stream) list.push(part); return list }
const durations = (a) => [a.total_duration, a.load_duration, a.prompt_eval_duration, a.eval_duration]
const failure = async (f) => { try { await f(); return null } catch (err) { return { status: err.statusCode, param: err.body?.param } } }
const image = 'data:image/png;base64,iVBORw=='

const chat = await ollama.chat({ model: '@local/m', messages })
const lines = await all(await ollama.chat({ model: '@local/m', messages, stream: true }))
const generated = await ollama.generate({ model: '@local/m', prompt: 'Hello you' })
const planned = await cohere.chat({ model: '@vendor/m', messages, tools: weather })
const events = await all(await cohere.chatStream({ model: '@vendor/m', messages, tools: weather }))
const kinds = await cohere.embed({ model: '@vendor/m', texts: ['a', 'b'], inputType: 'search_query', embeddingTypes: ['float', 'int8'] })
const pictured = await cohere.embed({ model: '@vendor/m', images: [image], inputType: 'image', embeddingTypes: ['float'] })
const mixed = await cohere.embed({ model: '@vendor/m', inputs: [{ content: [{ type: 'text', text: 'a' }, { type: 'image_url', imageUrl: { url: image } }] }], inputType: 'search_document', embeddingTypes: ['float'] })

print({
  ollama: { chat: durations(chat), streamed: durations(lines.at(-1)), generated: durations(generated), text: generated.response },
  cohere: {
    plan: planned.message.toolPlan, content: planned.message.content ?? null, tool: planned.message.toolCalls[0].function.name,
    streamedPlan: events.filter((e) => e.type === 'tool-plan-delta').map((e) => e.delta.message.toolPlan).join(''), types: [...new Set(events.map((e) => e.type))],
    kinds: kinds.embeddings, pictured: pictured.embeddings.float, mixed: mixed.embeddings.float, images: pictured.meta.billedUnits,
    elsewhere: await failure(() => cohere.embed({ model: 'mock/embed', images: [image], inputType: 'image', embeddingTypes: ['float'] })),
  },
})
