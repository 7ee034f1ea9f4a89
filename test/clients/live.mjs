// Sessions of Gemini's Live API by the @google/genai client, at the built-in mock.
import { GoogleGenAI, Modality } from '@google/genai'
import { base, key, print } from './settings.mjs'

// session opens one and speaks in it. It ends with the first turn, or when the server closes it.
const session = async (apiKey, model, config, speak, apiVersion) => {
  const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: base, apiVersion } })
  const out = { text: '', sound: 0, usage: null }
  let finish
  const ended = new Promise((resolve) => { finish = resolve })
  try {
    const live = await client.live.connect({ model, config, callbacks: {
      onmessage: (m) => {
        out.text += m.text ?? ''
        out.text += m.serverContent?.outputTranscription?.text ?? ''
        out.sound += m.data?.length ?? 0
        const u = m.usageMetadata
        if (u) out.usage = [u.promptTokenCount, u.responseTokenCount, Object.fromEntries(u.responseTokensDetails.map((d) => [d.modality, d.tokenCount]))]
        if (m.serverContent?.turnComplete) finish()
      },
      onclose: (e) => { out.code = e.code; out.reason = e.reason; finish() },
    } })
    speak(live)
    await ended
    live.close()
  } catch (e) { out.error = e.message }
  return out
}
const text = { responseModalities: [Modality.TEXT] }
const say = (words) => (live) => live.sendClientContent({ turns: words })

// token asks for an ephemeral token, and answers with its name.
const token = async (config) => {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: base, apiVersion: 'v1alpha' } })
  return (await client.authTokens.create({ config })).name
}
const page = (name, config, words) => session(name, 'mock/live', config, say(words), 'v1alpha')
const once = await token({})
const locked = await token({ uses: 0, liveConnectConstraints: { model: 'mock/live', config: text } })

print({
  token: await page(once, text, 'Hello token'),
  tokenAgain: await page(once, text, 'Hello token'),
  tokenLocked: await page(locked, { responseModalities: [Modality.AUDIO] }, 'Hello lock'),
  tokenField: await page(await token({ liveConnectConstraints: { model: 'mock/live', config: text }, lockAdditionalFields: [] }), { responseModalities: [Modality.AUDIO] }, 'Hello field'),
  tokenElsewhere: await session(locked, 'mock/live', text, say('Hello'), 'v1beta'),
  text: await session(key, 'mock/live', text, say('Hello live')),
  sound: await session(key, 'mock/live', { responseModalities: [Modality.AUDIO] }, say('Hello sound')),
  spoken: await session(key, 'mock/live', text, (live) => {
    live.sendRealtimeInput({ audio: { data: 'AAAA'.repeat(32_000), mimeType: 'audio/pcm;rate=16000' } })
    live.sendRealtimeInput({ audioStreamEnd: true })
  }),
  unknown: await session(key, 'mock/nobody', text, say('Hello')),
  stranger: await session('sk-sl-wrong', 'mock/live', text, say('Hello')),
})
