// The @google/genai client.
import { GoogleGenAI } from '@google/genai'
import { base, embedder, model, picture, run, schema, thinker, weatherSchema } from './harness.mjs'

const usageOf = (r) => [r.usageMetadata.promptTokenCount, r.usageMetadata.candidatesTokenCount]
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
