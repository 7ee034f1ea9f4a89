// Realtime sessions by the openai client's two WebSocket classes, and by ws alone, at the built-in mock.
import { connect } from 'node:net'
import OpenAI, { AzureOpenAI } from 'openai'
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'
import WebSocket from 'ws'
import { base, key, print } from './settings.mjs'

// The openai client insists on TLS, which the test's server has not.
globalThis.WebSocket = class extends WebSocket { constructor(url, protocols) { super(String(url).replace('wss:', 'ws:'), protocols) } }
const options = { createConnection: (to) => connect(to) }
const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 0, dangerouslyAllowBrowser: true })

// until collects a session's events up to the first one of a type, or its end.
const until = (on, type) => new Promise((resolve, reject) => {
  const events = []
  on((event) => {
    events.push(event)
    if (event.type === type) resolve(events)
  }, reject)
})
const ask = (text, send) => {
  send({ type: 'session.update', session: { type: 'realtime', output_modalities: ['text'], instructions: 'Answer.' } })
  send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] } })
  send({ type: 'response.create' })
}
const textOf = (events) => events.filter((e) => e.type === 'response.output_text.delta').map((e) => e.delta).join('')

// one asks a question in a session of the client's.
const one = async (session, text) => {
  const whole = until((event, failed) => { session.on('event', event); session.on('error', failed) }, 'response.done')
  session.on('session.created', () => ask(text, (e) => session.send(e)))
  const events = await whole
  session.close()
  return { text: textOf(events), usage: events.at(-1).response.usage, types: [...new Set(events.map((e) => e.type))] }
}

// raw opens a session with ws alone, and tells how it ends.
const raw = (path, protocols, headers) => new Promise((resolve) => {
  const socket = new WebSocket(base.replace('http', 'ws') + path, protocols, { headers })
  const out = { protocol: null, events: [], status: 0, code: 0 }
  socket.on('open', () => { out.protocol = socket.protocol })
  socket.on('unexpected-response', (req, res) => { out.status = res.statusCode; req.destroy(); resolve(out) })
  socket.on('error', () => {})
  socket.on('close', (code) => { out.code = code; resolve(out) })
  socket.on('message', (data) => {
    const event = JSON.parse(data)
    out.events.push(event.type === 'error' ? `error ${event.error.code}` : event.type)
    if (event.type === 'session.created') socket.send('{"type":')
    if (event.type === 'error') socket.close(1000)
  })
})

// page is a web page with a client secret in the place of an API key.
const page = async () => {
  const { value } = await openai.realtime.clientSecrets.create({ session: { type: 'realtime', model: 'mock/realtime', output_modalities: ['text'] } })
  const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: value, maxRetries: 0, dangerouslyAllowBrowser: true })
  const chat = await client.chat.completions.create({ model: 'mock/echo', messages: [{ role: 'user', content: 'Hi' }] }).catch((err) => err)
  return { ...await one(new OpenAIRealtimeWebSocket({ model: 'mock/realtime', dangerouslyAllowBrowser: true }, client), 'Hello page'), chat: chat.status }
}

const azure = new AzureOpenAI({ endpoint: base, apiKey: key, apiVersion: '2025-04-01-preview', deployment: 'mock/realtime', maxRetries: 0 })
print({
  browser: await one(new OpenAIRealtimeWebSocket({ model: 'mock/realtime', dangerouslyAllowBrowser: true }, openai), 'Hello browser'),
  page: await page(),
  node: await one(new OpenAIRealtimeWS({ model: 'mock/realtime', options }, openai), 'Hello node'),
  azure: await one(await OpenAIRealtimeWS.azure(azure, { options }), 'Hello Azure'),
  refused: await new Promise((resolve) => new OpenAIRealtimeWS({ model: 'mock/nobody', options }, openai).on('error', (err) => resolve(err.message))),
  ws: await raw('/v1/realtime?model=mock/realtime', ['realtime', `openai-insecure-api-key.${key}`]),
  stranger: await raw('/v1/realtime?model=mock/realtime', ['realtime', 'openai-insecure-api-key.sk-sl-wrong']),
  noKey: await raw('/v1/realtime?model=mock/realtime', []),
})
