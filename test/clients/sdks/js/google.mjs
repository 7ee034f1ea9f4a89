// The @google/genai client.
import { GoogleGenAI } from '@google/genai'
import { base, embedder, firstUntilAbort, model, pdf, picture, run, schema, thinker, weatherSchema } from './harness.mjs'

const usageOf = (r) => [r.usageMetadata.promptTokenCount, r.usageMetadata.candidatesTokenCount, r.usageMetadata.cachedContentTokenCount]
const tools = [{ functionDeclarations: [{ name: 'get_weather', description: 'The weather.', parametersJsonSchema: weatherSchema }] }]
const collect = async (stream) => {
  const parts = []
  let usage, finish
  for await (const e of stream) {
    parts.push(...(e.candidates?.[0]?.content?.parts ?? []))
    finish = e.candidates?.[0]?.finishReason ?? finish
    if (e.usageMetadata?.candidatesTokenCount) usage = usageOf(e)
  }
  return { parts, usage, finish, text: parts.filter((p) => !p.thought).map((p) => p.text ?? '').join(''), thought: parts.filter((p) => p.thought).map((p) => p.text).join('') }
}
const round = async (ask, prompt, weather) => {
  const contents = [{ role: 'user', parts: [{ text: prompt }] }]
  const parts = await ask({ model, contents, config: { tools } })
  const answers = parts.filter((p) => p.functionCall).map((p) => ({ functionResponse: { id: p.functionCall.id, name: p.functionCall.name, response: { output: weather(p.functionCall.args) } } }))
  const last = await ask({ model, config: { tools }, contents: [...contents, { role: 'model', parts }, { role: 'user', parts: answers }] })
  return last.map((p) => p.text ?? '').join('')
}
const thinkingConfig = { includeThoughts: true, thinkingBudget: 1024 }

await run({
  cached: 30, typed: 'ApiError',
  client: (key) => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: base, retryOptions: { attempts: 1 } } }),
  plain: async (c, prompt) => {
    const r = await c.models.generateContent({ model, contents: prompt, config: { systemInstruction: 'Be kind.' } })
    return { text: r.text, usage: usageOf(r) }
  },
  stream: async (c, prompt) => {
    const r = await collect(await c.models.generateContentStream({ model, contents: prompt }))
    if (!r.finish) throw new Error('the stream has no finishReason')
    return { text: r.text, usage: r.usage }
  },
  tools: (c, prompt, weather) => round(async (r) => (await c.models.generateContent(r)).candidates[0].content.parts, prompt, weather),
  toolsStream: (c, prompt, weather) => round(async (r) => (await collect(await c.models.generateContentStream(r))).parts, prompt, weather),
  images: async (c, prompt) => (await c.models.generateContent({ model, contents: [{ role: 'user', parts: [{ text: prompt }, { inlineData: { mimeType: 'image/png', data: picture } }] }] })).text,
  files: async (c, prompt) => (await c.models.generateContent({ model, contents: [{ role: 'user', parts: [{ text: prompt }, { inlineData: { mimeType: 'application/pdf', data: pdf } }] }] })).text,
  abort: (c, prompt) => firstUntilAbort((abortSignal) => c.models.generateContentStream({ model, contents: prompt, config: { abortSignal } }), (e) => e.text),
  count: async (c, prompt) => (await c.models.countTokens({ model, contents: prompt })).totalTokens,
  models: async (c) => {
    const ids = []
    for await (const m of await c.models.list()) ids.push(m.name.replace(/^models\//, ''))
    return ids
  },
  structured: async (c, prompt) => JSON.parse((await c.models.generateContent({ model, contents: prompt, config: { responseMimeType: 'application/json', responseJsonSchema: schema } })).text),
  reasoning: async (c, prompt) => {
    const r = await c.models.generateContent({ model: thinker, contents: prompt, config: { thinkingConfig } })
    const again = await c.models.generateContent({ model: thinker, config: { thinkingConfig }, contents: [
      { role: 'user', parts: [{ text: prompt }] }, r.candidates[0].content, { role: 'user', parts: [{ text: 'Go on. scenario-plain' }] }] })
    return { text: again.text, thought: r.candidates[0].content.parts.filter((p) => p.thought).map((p) => p.text).join('') }
  },
  reasoningStream: async (c, prompt) => collect(await c.models.generateContentStream({ model: thinker, contents: prompt, config: { thinkingConfig } })),
  embeddings: async (c, contents) => (await c.models.embedContent({ model: embedder, contents })).embeddings.map((e) => e.values),
})
