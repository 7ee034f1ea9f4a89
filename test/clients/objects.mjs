// The openai client's files, batches, uploads and fine-tunes at the built-in mock, which keeps nothing.
import OpenAI, { toFile } from 'openai'
import { base, key, print } from './settings.mjs'

const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 0, defaultHeaders: { 'x-sluice-provider': 'mock' } })
const failure = async (f) => { try { await f(); return null } catch (err) { return { status: err.status, param: err.param, code: err.code } } }

const absent = await failure(() => openai.files.retrieve('file-mock'))
const file = await openai.files.create({ file: await toFile(Buffer.from('{"custom_id":"1"}\n'), 'batch.jsonl'), purpose: 'batch' })
const shown = await openai.files.retrieve(file.id)
const listed = []
for await (const each of openai.files.list()) listed.push(each.id)
const content = await (await openai.files.content(file.id)).text()
const batch = await openai.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' })
const ended = await openai.batches.retrieve(batch.id)
const upload = await openai.uploads.create({ bytes: 3, filename: 'a', mime_type: 'text/plain', purpose: 'batch' })
const part = await openai.uploads.parts.create(upload.id, { data: await toFile(Buffer.from('abc'), 'a') })
// Files whose lines a policy reads: redacted, denied, and one that another policy has read.
const call = (content) => JSON.stringify({ custom_id: '1', method: 'POST', url: '/v1/chat/completions', body: { model: 'echo', max_tokens: 5, messages: [{ role: 'user', content }] } }) + '\n'
const under = (config) => ({ headers: { 'x-sluice-config': JSON.stringify({ provider: 'mock', ...config }), 'x-sluice-provider': null } })
const redacting = under({ redact: ['email'] })
const denying = under({ input_guardrails: [{ id: 'no-evil', checks: [{ id: 'default.contains', parameters: { words: ['evil'], operator: 'none' } }], deny: true }] })
const lines = async (...contents) => ({ file: await toFile(Buffer.from(contents.map(call).join('')), 'batch.jsonl'), purpose: 'batch' })
await openai.files.delete(file.id)
const policies = { denied: await openai.files.create(await lines('hi', 'evil'), denying).then(() => null, (err) => ({ status: err.status, message: err.message })) }
const redacted = await openai.files.create(await lines('ada.lovelace@example.com'), redacting)
policies.longer = redacted.bytes < (await openai.files.create(await lines('ada.lovelace@example.com'))).bytes
const begin = { input_file_id: redacted.id, endpoint: '/v1/chat/completions', completion_window: '24h' }
policies.begun = (await openai.batches.create(begin, redacting)).status
policies.unread = await openai.batches.create(begin, denying).then(() => null, (err) => ({ status: err.status, code: err.code }))
const foreign = await failure(() => openai.batches.create({ input_file_id: 'file-of-nobody', endpoint: '/v1/chat/completions', completion_window: '24h' }))
const job = await openai.fineTuning.jobs.create({ model: 'echo', training_file: file.id })
const jobs = []
for await (const each of openai.fineTuning.jobs.list()) jobs.push(each.id)
const endedJob = await openai.fineTuning.jobs.cancel(job.id)
const deleted = await openai.files.delete(file.id)
print({ policies, absent, file: file.id, bytes: file.bytes, shown: shown.id, listed, content: content.length, batch: batch.status, ended: ended.status, usage: ended.usage, part: part.bytes > 3, foreign, job: job.id, jobs, ended_job: endedJob.id, deleted: deleted.deleted })
