// What an OpenRouter user types: the openai client, base URL and key changed, nothing else.
import OpenAI from 'openai'
import { base, key, print } from './settings.mjs'

const openai = new OpenAI({ baseURL: `${base}/api/v1`, apiKey: key })
const answer = await openai.chat.completions.create({
  model: 'anthropic/claude-opus-4-7',
  messages: [{ role: 'user', content: 'Hello' }],
})
print({ text: answer.choices[0].message.content, usage: answer.usage, model: answer.model })
