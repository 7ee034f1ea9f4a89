// The rest of what Portkey users lean on: streams, prompts, headers read back.
import { Portkey } from 'portkey-ai'
import { base, key, print } from './settings.mjs'

const portkey = new Portkey({ apiKey: key, virtualKey: 'local', baseURL: `${base}/v1`, traceID: 'portkey-trace-1', metadata: { team: 'red' } })

let streamed = ''
const stream = await portkey.chat.completions.create({ model: 'gpt-mock', stream: true, messages: [{ role: 'user', content: 'Stream please' }] })
for await (const chunk of stream) streamed += chunk.choices[0]?.delta?.content ?? ''

const prompts = new Portkey({ apiKey: key, baseURL: `${base}/v1` })
const completed = await prompts.prompts.completions.create({ promptID: 'greeting', variables: { name: 'Ada' } })
const rendered = await prompts.prompts.render({ promptID: 'greeting', variables: { name: 'Ada' } })

let missing = {}
try {
  await prompts.prompts.completions.create({ promptID: 'greeting', variables: {} })
} catch (err) {
  missing = { status: err.status, message: err.message }
}
print({
  streamed,
  streamTrace: stream.response.headers.get('x-portkey-trace-id'),
  completed: completed.choices[0].message.content,
  completedHeaders: completed.getHeaders(),
  rendered: rendered.data,
  success: rendered.success,
  missing,
})
