// The clients of Ollama and Cohere at the built-in mock, which speaks neither format.
import { CohereClientV2 } from 'cohere-ai'
import { Ollama } from 'ollama'
import { base, key, print } from './settings.mjs'

const ollama = new Ollama({ host: process.argv[2] === 'prefixed' ? `${base}/ollama` : base, headers: { Authorization: `Bearer ${key}` } })
const cohere = new CohereClientV2({ token: key, environment: process.argv[2] === 'prefixed' ? `${base}/cohere` : base, maxRetries: 0 })
const messages = [{ role: 'user', content: 'Hello you' }]
const weather = [{ type: 'function', function: { name: 'weather', description: 'Of a city', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }]
const failure = async (f) => { try { await f(); return null } catch (err) { return { name: err.constructor.name, message: err.message, status: err.status_code ?? err.statusCode, body: err.body } } }
const all = async (stream) => { const list = []; for await (const part of stream) list.push(part); return list }

const chat = await ollama.chat({ model: 'mock/echo', messages })
const lines = await all(await ollama.chat({ model: 'mock/echo', messages, stream: true }))
const called = await ollama.chat({ model: 'mock/tool', messages, tools: weather })
const calledInStream = await all(await ollama.chat({ model: 'mock/tool', messages, tools: weather, stream: true }))
const followed = await ollama.chat({ model: 'mock/echo', messages: [...messages, called.message, { role: 'tool', tool_name: 'weather', content: 'sunny' }, { role: 'user', content: 'Thanks' }], tools: weather })
const generated = await ollama.generate({ model: 'mock/echo', prompt: 'Hello you', system: 'Be brief.' })
const pieces = await all(await ollama.generate({ model: 'mock/echo', prompt: 'Hello you', stream: true }))
const embedded = await ollama.embed({ model: 'mock/embed', input: ['a', 'b'] })
const models = await ollama.list()
const shown = await ollama.show({ model: 'mock/echo' })

const answer = await cohere.chat({ model: 'mock/echo', messages })
const events = await all(await cohere.chatStream({ model: 'mock/echo', messages }))
const tool = await cohere.chat({ model: 'mock/tool', messages, tools: weather })
const toolEvents = await all(await cohere.chatStream({ model: 'mock/tool', messages, tools: weather }))
const after = await cohere.chat({ model: 'mock/echo', tools: weather, messages: [...messages, { role: 'assistant', toolCalls: tool.message.toolCalls }, { role: 'tool', toolCallId: tool.message.toolCalls[0].id, content: 'sunny' }, { role: 'user', content: 'Thanks' }] })
const vectors = await cohere.embed({ model: 'mock/embed', texts: ['a', 'b'], inputType: 'search_document', embeddingTypes: ['float'] })
const reranked = await cohere.rerank({ model: 'mock/rerank', query: 'capital of France', documents: ['Berlin is in Germany', 'Paris is the capital of France'], topN: 1 })

print({
  ollama: {
    chat: { text: chat.message.content, done: chat.done, reason: chat.done_reason, input: chat.prompt_eval_count > 0, output: chat.eval_count },
    streamed: lines.map((l) => l.message.content).join(''), last: { done: lines.at(-1).done, output: lines.at(-1).eval_count },
    tool: called.message.tool_calls[0].function, streamedTool: calledInStream.flatMap((l) => l.message.tool_calls ?? [])[0].function, followed: followed.message.content,
    generated: generated.response, pieces: pieces.map((p) => p.response).join(''),
    vectors: embedded.embeddings.map((v) => v.length), listed: models.models.some((m) => m.model === 'mock/echo'), shown: shown.capabilities[0],
    broken: await failure(async () => all(await ollama.chat({ model: 'mock/fail-stream', messages, stream: true }))),
    refused: await failure(() => ollama.chat({ model: 'mock/echo', messages, think: 'hard' })),
    unknown: await failure(() => ollama.show({ model: 'none' })),
  },
  cohere: {
    text: answer.message.content[0].text, finish: answer.finishReason, output: answer.usage.billedUnits.outputTokens,
    types: [...new Set(events.map((e) => e.type))], streamed: events.map((e) => e.delta?.message?.content?.text ?? '').join(''), last: events.at(-1).delta.usage.tokens.outputTokens,
    tool: tool.message.toolCalls[0].function, toolFinish: tool.finishReason, after: after.message.content[0].text,
    streamedTool: { name: toolEvents.find((e) => e.type === 'tool-call-start').delta.message.toolCalls.function.name, args: toolEvents.filter((e) => e.type === 'tool-call-delta').map((e) => e.delta.message.toolCalls.function.arguments).join('') },
    vectors: vectors.embeddings.float.map((v) => v.length), texts: vectors.texts, reranked: reranked.results,
    broken: await failure(async () => all(await cohere.chatStream({ model: 'mock/fail-stream', messages }))),
    refused: await failure(() => cohere.chat({ model: 'mock/echo', messages, logprobs: true })),
    stranger: await failure(() => new CohereClientV2({ token: 'none', environment: base, maxRetries: 0 }).chat({ model: 'mock/echo', messages })),
  },
})
