// Calls by real clients. Each line of standard input names one: CASE MODEL TRACE. For each it prints a line
// with what the client understood, as a JSON document: text, usage [input, output], finish, tool, vector,
// or the error.
import { createInterface } from 'node:readline'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'

// The clients of the call that is made, and its model.
let openai, anthropic, gemini, model

const connect = (trace) => {
  const base = process.env.SLUICE_URL
  const apiKey = process.env.SLUICE_API_KEY
  const headers = { 'x-sluice-trace-id': trace }
  openai = new OpenAI({ baseURL: `${base}/v1`, apiKey, maxRetries: 0, defaultHeaders: headers })
  anthropic = new Anthropic({ baseURL: base, apiKey, authToken: null, maxRetries: 0, defaultHeaders: headers })
  gemini = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: base, headers, retryOptions: { attempts: 1 } } })
}

const question = 'Name three colours of the rainbow.'
const system = 'You are a helpful assistant. Answer in one sentence.'
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const weather = 'What is the weather in Paris?'

// OpenAI's chat
const messages = [{ role: 'system', content: system }, { role: 'user', content: question }]
const chat = (more) => ({ model, messages, temperature: 0, seed: 1, max_completion_tokens: 40, ...more })
const chatUsage = (u) => u && [u.prompt_tokens, u.completion_tokens]
const chatTool = (call) => call && { name: call.function.name, args: call.function.arguments }
const chatTools = [{ type: 'function', function: { name: 'get_weather', description: 'The weather of a city.', parameters: schema } }]
const cities = ['Rome', 'Berlin', 'Madrid'] // earlier calls, so that a small model calls again
const earlier = cities.flatMap((city, i) => [{ role: 'user', content: `What is the weather in ${city}?` },
  { role: 'assistant', content: null, tool_calls: [{ id: `call_${i}`, type: 'function', function: { name: 'get_weather', arguments: JSON.stringify({ city }) } }] },
  { role: 'tool', tool_call_id: `call_${i}`, content: '21 degrees' }])
const unary = async (more) => {
  const r = await openai.chat.completions.create(chat(more))
  const [c] = r.choices
  return { text: c.message.content ?? '', usage: chatUsage(r.usage), finish: c.finish_reason, tool: chatTool(c.message.tool_calls?.[0]) }
}
const streamed = async (more) => {
  const out = { text: '', chunks: 0 }
  for await (const e of await openai.chat.completions.create(chat({ stream: true, stream_options: { include_usage: true }, ...more }))) {
    const c = e.choices[0]
    out.chunks++
    out.text += c?.delta.content ?? ''
    out.finish = c?.finish_reason ?? out.finish
    for (const call of c?.delta.tool_calls ?? []) { // the name comes first, then pieces of the arguments
      out.tool ??= { name: '', args: '' }
      out.tool.name += call.function?.name ?? ''
      out.tool.args += call.function?.arguments ?? ''
    }
    out.usage = chatUsage(e.usage) ?? out.usage
  }
  return out
}

// Anthropic's Messages
const message = (more) => ({ model, system, messages: [{ role: 'user', content: question }], temperature: 0, max_tokens: 40, ...more })
const ofMessage = (m) => {
  const tool = m.content.find((b) => b.type === 'tool_use')
  return { text: m.content.map((b) => b.text ?? '').join(''), usage: [m.usage.input_tokens, m.usage.output_tokens], finish: m.stop_reason, tool: tool && { name: tool.name, args: JSON.stringify(tool.input) } }
}
const messageTools = { tools: [{ name: 'get_weather', description: 'The weather of a city.', input_schema: schema }],
  messages: [...cities.flatMap((city, i) => [{ role: 'user', content: `What is the weather in ${city}?` },
    { role: 'assistant', content: [{ type: 'tool_use', id: `toolu_${i}`, name: 'get_weather', input: { city } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: `toolu_${i}`, content: '21 degrees' }] }]), { role: 'user', content: weather }] }

// Gemini
const content = (config) => ({ model, contents: question, config: { systemInstruction: system, temperature: 0, seed: 1, maxOutputTokens: 40, ...config } })
const contentUsage = (u) => u && [u.promptTokenCount, u.candidatesTokenCount]
const contents = async (list) => {
  const out = { text: '' }
  for await (const e of list) {
    out.text += e.text ?? ''
    out.finish = e.candidates?.[0]?.finishReason ?? out.finish
    out.usage = contentUsage(e.usageMetadata) ?? out.usage
  }
  return out
}

// Responses
const response = (more) => ({ model, instructions: system, input: question, temperature: 0, max_output_tokens: 40, store: false, ...more })
const ofResponse = (r) => ({ text: r.output_text, usage: [r.usage.input_tokens, r.usage.output_tokens], finish: r.incomplete_details?.reason ?? r.status })
const events = async (list) => {
  let last
  let text = ''
  for await (const e of list) {
    if (e.type === 'response.output_text.delta') text += e.delta
    if (e.response) last = e.response
  }
  return { ...ofResponse({ output_text: text, ...last }), text }
}

// What some model would not say of itself, and where the answer is cut.
const format = { type: 'json_schema', json_schema: { name: 'city', schema, strict: true } }
const capital = [{ role: 'user', content: 'What is the capital of France?' }]
const cut = { max_completion_tokens: 5 }

// cancelled leaves a long stream after some pieces.
const cancelled = async () => {
  const stream = await openai.chat.completions.create(chat({ stream: true, max_completion_tokens: undefined, max_tokens: 2000, messages: [{ role: 'user', content: 'Write a very long story about a ship.' }], temperature: 1 }))
  let text = ''
  for await (const e of stream) {
    text += e.choices[0]?.delta.content ?? ''
    if (text.length > 40) break
  }
  stream.controller.abort()
  return { text }
}

const cases = {
  'chat': () => unary(),
  'chat-stream': () => streamed(),
  'chat-length': () => unary(cut),
  'chat-stream-length': () => streamed(cut),
  'chat-stop': () => unary({ stop: ['red', 'Red', 'blue', 'Blue'] }),
  'chat-turns': () => streamed({ messages: [...messages, { role: 'assistant', content: 'Red, green and blue.' }, { role: 'user', content: 'Say them again, in 中文 🙂.' }] }),
  'chat-schema': () => unary({ messages: capital, response_format: format }),
  'chat-tool': () => unary({ messages: [...earlier, { role: 'user', content: weather }], tools: chatTools }),
  'chat-tool-stream': () => streamed({ messages: [...earlier, { role: 'user', content: weather }], tools: chatTools }),
  'chat-unknown': () => unary({ model: model.replace(/\/.*/, '/nobody') }),
  'chat-cancel': cancelled,
  'embeddings': async () => {
    const r = await openai.embeddings.create({ model, input: ['red', 'blue'], encoding_format: 'float' })
    return { vector: r.data.map((d) => d.embedding.length), usage: [r.usage.prompt_tokens, 0] }
  },
  'completion': async () => {
    const r = await openai.completions.create({ model, prompt: 'Once upon a time', max_tokens: 10, temperature: 0, seed: 1 })
    return { text: r.choices[0].text, usage: chatUsage(r.usage), finish: r.choices[0].finish_reason }
  },
  'messages': async () => ofMessage(await anthropic.messages.create(message())),
  'messages-stream': async () => ofMessage(await anthropic.messages.stream(message()).finalMessage()),
  'messages-length': async () => ofMessage(await anthropic.messages.stream(message({ max_tokens: 5 })).finalMessage()),
  'messages-tool': async () => ofMessage(await anthropic.messages.create(message(messageTools))),
  'messages-unknown': async () => ofMessage(await anthropic.messages.create(message({ model: model.replace(/\/.*/, '/nobody') }))),
  'gemini': async () => contents([await gemini.models.generateContent(content())]),
  'gemini-stream': async () => contents(await gemini.models.generateContentStream(content())),
  'gemini-length': async () => contents(await gemini.models.generateContentStream(content({ maxOutputTokens: 5 }))),
  'gemini-unknown': async () => contents([await gemini.models.generateContent({ ...content(), model: model.replace(/\/.*/, '/nobody') })]),
  'responses': async () => ofResponse(await openai.responses.create(response())),
  'responses-stream': async () => events(await openai.responses.create(response({ stream: true }))),
  'responses-length': async () => events(await openai.responses.create(response({ stream: true, max_output_tokens: 5 }))),
  'responses-unknown': async () => ofResponse(await openai.responses.create(response({ model: model.replace(/\/.*/, '/nobody') }))),
}

// failure is an error as the client tells it.
const failure = (e) => ({ class: e.constructor.name, status: e.status, message: e.message, type: e.error?.error?.type ?? e.type ?? null })

for await (const line of createInterface({ input: process.stdin })) {
  const [name, target, trace] = line.split(' ')
  model = target
  connect(trace)
  let result
  try { result = await cases[name]() } catch (e) { result = { error: failure(e) } }
  console.log(JSON.stringify(result))
}
