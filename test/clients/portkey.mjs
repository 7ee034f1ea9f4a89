// What a Portkey user types: the portkey-ai client, base URL and key changed, nothing else.
import { Portkey } from 'portkey-ai'
import { base, key, print } from './settings.mjs'

const portkey = new Portkey({ apiKey: key, virtualKey: 'vk_anthropic_prod', baseURL: `${base}/v1` })
const answer = await portkey.chat.completions.create({
  model: 'claude-opus-4-7',
  messages: [{ role: 'user', content: 'Hello' }],
  config: { cache: { mode: 'semantic' }, fallback: ['claude-sonnet-4-6'], retry: { count: 3 } },
})
print({ text: answer.choices[0].message.content, model: answer.model, headers: answer.getHeaders() })
