// The @anthropic-ai/sdk client against one target, which is named on the command line.
import Anthropic from '@anthropic-ai/sdk'
import { base, key, print } from './settings.mjs'

const target = process.argv[2]
const options = { baseURL: base, apiKey: key, authToken: null, maxRetries: 0 }
const client = new Anthropic(options)
const max_tokens = 1000
const hello = [{ role: 'user', content: 'Hello' }]
const call = (model, more) => ({ model: `${target}/${model}`, max_tokens, messages: hello, ...more })
const failure = async (f) => { try { return { text: await f() } } catch (err) { return { name: err.constructor.name, status: err.status, type: err.error?.error?.type ?? err.type, message: err.message, requestID: err.error?.request_id } } }

// stream reads a stream with the helper of the SDK, which checks the order of its events.
const stream = async (params, sdk = client) => {
  const pieces = { text: [], json: [], thinking: [], signature: [] }
  const kinds = []
  const helper = sdk.messages.stream(params)
  helper.on('streamEvent', (event) => kinds.push(event.type))
  helper.on('text', (piece) => pieces.text.push(piece))
  helper.on('inputJson', (piece) => pieces.json.push(piece))
  helper.on('thinking', (piece) => pieces.thinking.push(piece))
  helper.on('signature', (piece) => pieces.signature.push(piece))
  const message = await helper.finalMessage()
  return { message, pieces, kinds }
}

const tools = [
  { name: 'get_weather', description: 'The weather of a city.', input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
  { name: 'get_time', input_schema: { type: 'object', properties: {} }, cache_control: { type: 'ephemeral', ttl: '1h' } },
]
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo4111111111111111=' } }

const called = await stream(call('tools', { tools, tool_choice: { type: 'auto' } }))
const answered = [...hello, { role: 'assistant', content: called.message.content },
  { role: 'user', content: [
    { type: 'tool_result', tool_use_id: called.message.content[1]?.id, content: [{ type: 'text', text: '21 degrees' }] },
    { type: 'tool_result', tool_use_id: called.message.content[2]?.id, content: 'noon', is_error: true, cache_control: { type: 'ephemeral' } },
    { type: 'text', text: 'And tomorrow?' },
  ] }]

const thinking = { type: 'enabled', budget_tokens: 1024 }
const thought = await stream(call('thinks', { max_tokens: 4000, thinking }))
const thoughtUnary = await client.messages.create(call('thinks', { max_tokens: 4000, thinking }))

const broken = async (sdk) => {
  let text = ''
  const err = await failure(async () => {
    for await (const event of await sdk.messages.create(call('breaks', { stream: true }))) {
      if (event.type === 'content_block_delta') text += event.delta.text
    }
  })
  return { ...err, before: text }
}

print({
  unary: await client.messages.create(call('hello', { system: [{ type: 'text', text: 'Be kind.', cache_control: { type: 'ephemeral' } }], metadata: { user_id: 'user-7' } })),
  streamed: await stream(call('hello')),
  called,
  calledUnary: await client.messages.create(call('tools', { tools })),
  secondTurn: await client.messages.create(call('second', { tools, messages: answered })),
  image: await client.messages.create(call('image', { messages: [{ role: 'user', content: [image, { type: 'text', text: 'What is this?' }] }] })),
  thought, thoughtUnary,
  afterThought: await client.messages.create(call('after-thought', { max_tokens: 4000, thinking, messages: [...hello, { role: 'assistant', content: thought.message.content }, { role: 'user', content: 'Go on' }] })),
  stopped: await client.messages.create(call('cut-short')),
  tokens: await client.messages.countTokens({ model: `${target}/hello`, messages: hello, system: 'Be kind.', tools }),
  beta: await client.beta.messages.create(call('beta', { betas: ['unknown-2030-01-01'], context_management: { edits: [] } })),
  badKey: await failure(() => new Anthropic({ ...options, apiKey: 'sk-wrong' }).messages.create(call('hello'))),
  upstreamKey: await failure(() => client.messages.create(call('unauthorised'))),
  badField: await failure(() => client.messages.create(call('hello', { stream: 'yes' }))),
  badMessages: await failure(() => client.messages.create(call('hello', { messages: [] }))),
  refused: await failure(() => client.messages.create(call('refused'))),
  noModel: await failure(() => client.messages.create(call('hello', { model: '@nobody/has-this' }))),
  overloaded: await failure(() => client.messages.create(call('overloaded'))),
  overloadedStream: await failure(async () => (await stream(call('overloaded'))).message),
  limited: await failure(() => client.messages.create(call('limited'))),
  retried: (await new Anthropic({ ...options, maxRetries: 2 }).messages.create(call('fault-500-then-ok:1'))).content,
  broken: await broken(client),
  brokenHelper: await failure(async () => (await stream(call('breaks'))).message),
  byToken: (await new Anthropic({ ...options, apiKey: null, authToken: key }).messages.create(call('hello'))).stop_reason,
  byHeader: (await new Anthropic({ ...options, apiKey: null, defaultHeaders: { 'x-api-key': key, Authorization: null, 'anthropic-version': '2023-06-01' } }).messages.create(call('by-header'))).stop_reason,
})
