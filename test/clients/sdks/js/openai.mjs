// The openai client for JavaScript: chat or responses.
import OpenAI from 'openai'
import { base, embedder, first, model, pdf, picture, run, schema, thinker, weatherSchema } from './harness.mjs'

const client = (key) => new OpenAI({ baseURL: base + '/v1', apiKey: key, maxRetries: 0 })
const embeddings = async (c, input) => (await c.embeddings.create({ model: embedder, input })).data.map((d) => d.embedding)
const models = async (c) => (await c.models.list()).data.map((m) => m.id)
const typed = { 400: 'BadRequestError', 401: 'AuthenticationError', 429: 'RateLimitError', 500: 'InternalServerError' }
const usageOf = (u) => u && [u.prompt_tokens ?? u.input_tokens, u.completion_tokens ?? u.output_tokens, (u.prompt_tokens_details ?? u.input_tokens_details).cached_tokens]
const user = (content) => [{ role: 'user', content }]

const chat = {
  client, embeddings, models, typed, cached: 30,
  plain: async (c, prompt) => {
    const r = await c.chat.completions.create({ model, messages: [{ role: 'system', content: 'Be kind.' }, ...user(prompt)] })
    return { text: r.choices[0].message.content, usage: usageOf(r.usage) }
  },
  stream: async (c, prompt) => {
    let text = '', usage
    for await (const e of await c.chat.completions.create({ model, messages: user(prompt), stream: true, stream_options: { include_usage: true } })) {
      text += e.choices[0]?.delta?.content ?? ''
      if (e.usage) usage = usageOf(e.usage)
    }
    return { text, usage }
  },
  tools: async (c, prompt, weather) => {
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters: weatherSchema, strict: true } }]
    const first = await c.chat.completions.create({ model, messages: user(prompt), tools, tool_choice: 'auto' })
    const message = first.choices[0].message
    const results = message.tool_calls.map((t) => ({ role: 'tool', tool_call_id: t.id, content: weather(JSON.parse(t.function.arguments)) }))
    return (await c.chat.completions.create({ model, tools, messages: [...user(prompt), message, ...results] })).choices[0].message.content
  },
  toolsStream: async (c, prompt, weather) => {
    const runner = c.chat.completions.runTools({ model, stream: true, messages: user(prompt),
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: weatherSchema, parse: JSON.parse, function: weather } }] })
    return runner.finalContent()
  },
  images: async (c, prompt) => (await c.chat.completions.create({ model,
    messages: user([{ type: 'text', text: prompt }, { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } }]) })).choices[0].message.content,
  files: async (c, prompt) => (await c.chat.completions.create({ model,
    messages: user([{ type: 'text', text: prompt }, { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` } }]) })).choices[0].message.content,
  abort: async (c, prompt) => first(await c.chat.completions.create({ model, messages: user(prompt), stream: true }), (e) => e.choices[0]?.delta?.content),
  structured: async (c, prompt) => (await c.chat.completions.parse({ model, messages: user(prompt),
    response_format: { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema } } })).choices[0].message.parsed
    ?? JSON.parse((await c.chat.completions.create({ model, messages: user(prompt), response_format: { type: 'json_schema', json_schema: { name: 'weather', strict: true, schema } } })).choices[0].message.content),
  reasoning: async (c, prompt) => {
    const r = await c.chat.completions.create({ model: thinker, messages: user(prompt), reasoning_effort: 'low', max_completion_tokens: 4000 })
    return { text: r.choices[0].message.content, thought: r.choices[0].message.reasoning_content }
  },
}

const textOf = (item) => item.content.map((p) => p.text).join('')
const responses = {
  client, embeddings, models, typed, cached: 30,
  plain: async (c, prompt) => {
    const r = await c.responses.create({ model, instructions: 'Be kind.', input: prompt })
    return { text: r.output_text, usage: usageOf(r.usage) }
  },
  stream: async (c, prompt) => {
    const s = c.responses.stream({ model, input: user(prompt) })
    let text = ''
    for await (const e of s) {
      if (e.type === 'response.output_text.delta') text += e.delta
      if (e.type === 'response.failed' || e.type === 'error') throw new Error(JSON.stringify(e))
    }
    const r = await s.finalResponse()
    return { text: text === r.output_text ? text : `${text} / ${r.output_text}`, usage: usageOf(r.usage) }
  },
  tools: async (c, prompt, weather) => {
    const tools = [{ type: 'function', name: 'get_weather', parameters: weatherSchema, strict: true }]
    const first = await c.responses.create({ model, input: user(prompt), tools, store: false })
    const results = first.output.filter((o) => o.type === 'function_call').map((o) => ({ type: 'function_call_output', call_id: o.call_id, output: weather(JSON.parse(o.arguments)) }))
    return (await c.responses.create({ model, tools, store: false, input: [...user(prompt), ...first.output, ...results] })).output_text
  },
  toolsStream: async (c, prompt, weather) => {
    const tools = [{ type: 'function', name: 'get_weather', parameters: weatherSchema, strict: true }]
    const first = await c.responses.stream({ model, input: user(prompt), tools }).finalResponse()
    const results = first.output.filter((o) => o.type === 'function_call').map((o) => ({ type: 'function_call_output', call_id: o.call_id, output: weather(JSON.parse(o.arguments)) }))
    return (await c.responses.stream({ model, tools, input: [...user(prompt), ...first.output, ...results] }).finalResponse()).output_text
  },
  images: async (c, prompt) => (await c.responses.create({ model, input: user([{ type: 'input_text', text: prompt },
    { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${picture}` }]) })).output_text,
  files: async (c, prompt) => (await c.responses.create({ model, input: user([{ type: 'input_text', text: prompt },
    { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` }]) })).output_text,
  abort: async (c, prompt) => first(await c.responses.create({ model, input: prompt, stream: true }), (e) => e.type === 'response.output_text.delta' && e.delta),
  count: async (c, prompt) => (await c.responses.inputTokens.count({ model, input: prompt })).input_tokens,
  structured: async (c, prompt) => JSON.parse((await c.responses.parse({ model, input: prompt, text: { format: { type: 'json_schema', name: 'weather', strict: true, schema } } })).output_text),
  reasoning: async (c, prompt) => {
    const r = await c.responses.create({ model: thinker, input: prompt, store: false, reasoning: { effort: 'low', summary: 'auto' }, include: ['reasoning.encrypted_content'] })
    const again = await c.responses.create({ model: thinker, store: false, input: [...user(prompt), ...r.output, ...user('Go on. scenario-plain')], reasoning: { effort: 'low', summary: 'auto' } })
    return { text: textOf(again.output.find((o) => o.type === 'message')), thought: r.output.find((o) => o.type === 'reasoning')?.summary.map((s) => s.text).join('') }
  },
  reasoningStream: async (c, prompt) => {
    const r = await c.responses.stream({ model: thinker, input: prompt, store: false, reasoning: { effort: 'low', summary: 'auto' } }).finalResponse()
    return { text: r.output_text, thought: r.output.find((o) => o.type === 'reasoning')?.summary.map((s) => s.text).join('') }
  },
}

await run({ chat, responses }[process.argv[2]])
