// The openai client's Responses API against one target, which is named on the command line.
import OpenAI from 'openai'
import { base, key, print } from './settings.mjs'

const target = process.argv[2]
const options = { baseURL: `${base}/v1`, apiKey: key, maxRetries: 0 }
const client = new OpenAI(options)
const call = (model, more) => ({ model: `${target}/${model}`, input: 'Hello', ...more })
const failure = async (f) => { try { return { text: await f() } } catch (err) { return { name: err.constructor.name, status: err.status, code: err.code, type: err.type, param: err.param, message: err.message } } }

// stream reads a stream with the helper of the SDK, which puts its events together.
const stream = async (params, sdk = client) => {
  const kinds = [], numbers = []
  const helper = sdk.responses.stream(params)
  for await (const event of helper) { kinds.push(event.type); numbers.push(event.sequence_number) }
  const response = await helper.finalResponse()
  return { response, text: response.output_text, kinds, ordered: numbers.every((n, i) => i === 0 || n > numbers[i - 1]) }
}

const tools = [
  { type: 'function', name: 'get_weather', description: 'The weather of a city.', strict: true, parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false } },
  { type: 'function', name: 'get_time', strict: false, parameters: { type: 'object', properties: {} } },
]
const custom = [{ type: 'custom', name: 'apply_patch', description: 'Patch.', format: { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' } },
  { type: 'namespace', name: 'web', description: 'Web.', tools: [{ type: 'function', name: 'open', strict: false, parameters: { type: 'object', properties: {} } }] }]
const called = await stream(call('tools', { tools, tool_choice: 'auto', parallel_tool_calls: true }))
const calls = called.response.output.filter((item) => item.type === 'function_call')
const answered = [{ role: 'user', content: 'Hello' }, ...called.response.output,
  { type: 'function_call_output', call_id: calls[0].call_id, output: '21 degrees' },
  { type: 'function_call_output', call_id: calls[1].call_id, output: 'noon' },
  { role: 'user', content: 'And tomorrow?' }]
const thought = await stream(call('thinks', { reasoning: { effort: 'low', summary: 'auto' }, include: ['reasoning.encrypted_content'], store: false }))

const broken = async () => {
  let text = ''
  const err = await failure(async () => {
    for await (const event of await client.responses.create(call('breaks', { stream: true }))) {
      if (event.type === 'response.output_text.delta') text += event.delta
    }
  })
  return { ...err, before: text }
}

const unary = await client.responses.create(call('hello', { instructions: 'Be kind.', metadata: { team: 'red' } }))
print({
  unary, unaryText: unary.output_text,
  streamed: await stream(call('hello')),
  called,
  calledUnary: await client.responses.create(call('tools', { tools })),
  secondTurn: (await client.responses.create(call('second', { tools, input: answered }))).output_text,
  custom: await stream(call('custom', { tools: custom })),
  image: (await client.responses.create(call('image', { input: [{ role: 'user', content: [{ type: 'input_text', text: 'What is this?' }, { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo4111111111111111=', detail: 'auto' }] }] }))).output_text,
  parsed: (await client.responses.parse(call('json', { text: { format: { type: 'json_schema', name: 'person', strict: true, schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false } } } }))).output_parsed,
  thought,
  afterThought: (await client.responses.create(call('thinks', { reasoning: { effort: 'low' }, store: false, input: [{ role: 'user', content: 'Hello' }, ...thought.response.output, { role: 'user', content: 'Go on' }] }))).output_text,
  stopped: await client.responses.create(call('cut-short')),
  badKey: await failure(() => new OpenAI({ ...options, apiKey: 'sk-wrong' }).responses.create(call('hello'))),
  badField: await failure(() => client.responses.create(call('hello', { stream: 'yes' }))),
  badInput: await failure(() => client.responses.create(call('hello', { input: [] }))),
  refused: await failure(() => client.responses.create(call('refused'))),
  noModel: await failure(() => client.responses.create(call('hello', { model: '@nobody/has-this' }))),
  limited: await failure(() => client.responses.create(call('limited'))),
  retried: (await new OpenAI({ ...options, maxRetries: 2 }).responses.create(call('fault-500-then-ok:1'))).output_text,
  broken: await broken(),
  brokenHelper: await failure(async () => (await stream(call('breaks'))).text),
})
