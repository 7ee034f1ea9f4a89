// What the clients do by themselves when a call fails: Portkey's must not send it twice,
// and both must understand every way in which Sluice says no.
import OpenAI from 'openai'
import { Portkey } from 'portkey-ai'
import { base, key, print } from './settings.mjs'

const messages = [{ role: 'user', content: 'a b c d' }]
const failure = async (f) => { try { return { text: await f() } } catch (err) { return { status: err.status, name: err.constructor.name, message: err.message, type: err.type ?? err.error?.error?.type, code: err.code } } }
const read = async (stream) => { let text = ''; for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? ''; return text }

const portkey = (more) => new Portkey({ apiKey: key, baseURL: `${base}/v1`, virtualKey: 'local', ...more })
const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 0 })
const denied = { output_guardrails: [{ 'default.contains': { operator: 'none', words: ['a'] }, deny: true }] }
const flagged = { output_guardrails: [{ 'default.contains': { operator: 'none', words: ['a'] } }] }

const retried = await portkey({ config: { retry: { attempts: 2 } } }).chat.completions.create({ model: 'fault-500-then-ok:1', messages })
const noted = await portkey({ config: flagged }).chat.completions.create({ model: 'gpt-mock', messages })
print({
  once: await failure(() => portkey().chat.completions.create({ model: 'fault-500', messages })),
  onceStreamed: await failure(async () => read(await portkey().chat.completions.create({ model: 'fault-503', stream: true, messages }))),
  broken: await failure(async () => read(await portkey().chat.completions.create({ model: 'fault-cut:3', stream: true, messages }))),
  brokenOpenAI: await failure(async () => read(await openai.chat.completions.create({ model: '@local/fault-cut:3', stream: true, messages }))),
  timeout: await failure(() => portkey({ requestTimeout: 100 }).chat.completions.create({ model: 'fault-stall', messages })),
  denied: await failure(() => portkey({ config: denied }).chat.completions.create({ model: 'gpt-mock', messages })),
  flagged: { text: noted.choices[0].message.content, hooks: noted.hook_results },
  flaggedStream: await failure(async () => read(await portkey({ config: flagged }).chat.completions.create({ model: 'gpt-mock', stream: true, messages }))),
  retried: retried.getHeaders(),
  limited: await failure(() => openai.chat.completions.create({ model: '@local/fault-429-retry-after', messages })),
  badKey: await failure(() => portkey({ apiKey: 'pk-wrong' }).chat.completions.create({ model: 'gpt-mock', messages })),
  noModel: await failure(() => portkey().chat.completions.create({ model: '', messages })),
  slug: (await portkey({ virtualKey: undefined, provider: '@local' }).chat.completions.create({ model: 'gpt-mock', messages })).getHeaders(),
})
