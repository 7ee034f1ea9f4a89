// OpenAI's Agents SDK with responses or chat, which is named on the command line.
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents'
import OpenAI from 'openai'
import { base, firstUntilAbort, model, pdf, picture, run, schema, thinker, weatherSchema } from './harness.mjs'

setTracingDisabled(true)
const useResponses = process.argv[2] === 'responses'
// Of chat it only reads thoughts that are named as OpenRouter names them.
const baseURL = base + (useResponses ? '/v1' : '/api/v1')
const runner = (key) => new Runner({ modelProvider: new OpenAIProvider({ openAIClient: new OpenAI({ baseURL, apiKey: key, maxRetries: 0 }), useResponses }), tracingDisabled: true })
const agent = (more) => new Agent({ name: 'helper', instructions: 'Be kind.', model, ...more })
const usageOf = (r) => [r.rawResponses[0].usage.inputTokens, r.rawResponses[0].usage.outputTokens, [r.rawResponses[0].usage.inputTokensDetails].flat()[0]?.cached_tokens]
const weatherTool = (weather) => tool({ name: 'get_weather', description: 'The weather.', parameters: weatherSchema, strict: true, execute: async (args) => weather(args) })
const streamed = async (key, a, prompt) => {
  const r = await runner(key).run(a, prompt, { stream: true })
  let text = ''
  for await (const piece of r.toTextStream()) text += piece
  await r.completed
  return { text, last: r.finalOutput, usage: usageOf(r) }
}

await run({
  cached: 30, typed: { 400: 'BadRequestError', 401: 'AuthenticationError', 429: 'RateLimitError', 500: 'InternalServerError' },
  client: (key) => key,
  plain: async (key, prompt) => {
    const r = await runner(key).run(agent(), prompt)
    return { text: r.finalOutput, usage: usageOf(r) }
  },
  stream: async (key, prompt) => {
    const { text, usage } = await streamed(key, agent(), prompt)
    return { text, usage }
  },
  tools: async (key, prompt, weather) => (await runner(key).run(agent({ tools: [weatherTool(weather)] }), prompt)).finalOutput,
  toolsStream: async (key, prompt, weather) => (await streamed(key, agent({ tools: [weatherTool(weather)] }), prompt)).last,
  images: async (key, prompt) => (await runner(key).run(agent(), [{ role: 'user', content: [{ type: 'input_text', text: prompt }, { type: 'input_image', image: `data:image/png;base64,${picture}` }] }])).finalOutput,
  files: async (key, prompt) => (await runner(key).run(agent(), [{ role: 'user', content: [{ type: 'input_text', text: prompt }, { type: 'input_file', file: `data:application/pdf;base64,${pdf}`, filename: 'a.pdf' }] }])).finalOutput,
  abort: (key, prompt) => firstUntilAbort(async (signal) => (await runner(key).run(agent(), prompt, { stream: true, signal })).toTextStream(), (piece) => piece),
  structured: async (key, prompt) => (await runner(key).run(agent({ outputType: { type: 'json_schema', name: 'weather', strict: true, schema } }), prompt)).finalOutput,
  reasoning: async (key, prompt) => {
    const r = await runner(key).run(agent({ model: thinker, modelSettings: { reasoning: { effort: 'low', summary: 'auto' } } }), prompt)
    const item = r.newItems.find((i) => i.type === 'reasoning_item')?.rawItem
    return { text: r.finalOutput, thought: item?.content?.map((p) => p.text).join('') || item?.rawContent?.map((p) => p.text).join('') }
  },
})
