// The openai client's operations besides chat, and Cohere's rerank, at the built-in mock.
import { CohereClient, CohereClientV2 } from 'cohere-ai'
import OpenAI, { toFile } from 'openai'
import { base, key, print } from './settings.mjs'

const openai = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 0 })
const failure = async (f) => { try { await f(); return null } catch (err) { return { status: err.status, param: err.param, name: err.constructor.name } } }
const recording = () => toFile(Buffer.from([0, 255, 1, 2]), 'a.wav')

const completion = await openai.completions.create({ model: 'mock/echo', prompt: 'Hello you' })
let streamed = ''
for await (const chunk of await openai.completions.create({ model: 'mock/echo', prompt: 'Hello you', stream: true })) streamed += chunk.choices[0]?.text ?? ''
const moderation = await openai.moderations.create({ model: 'mock/moderate', input: ['peace', 'violence'] })
const image = await openai.images.generate({ model: 'mock/image', prompt: 'A cat', n: 2 })
const edit = await openai.images.edit({ model: 'mock/image', prompt: 'A dog', image: [await toFile(Buffer.from('png'), 'a.png'), await toFile(Buffer.from('png'), 'b.png')] })
const variation = await openai.images.createVariation({ model: 'mock/image', image: await toFile(Buffer.from('png'), 'a.png') })
const speech = Buffer.from(await (await openai.audio.speech.create({ model: 'mock/speech', voice: 'alloy', input: 'Hello' })).arrayBuffer())
const transcription = await openai.audio.transcriptions.create({ model: 'mock/transcribe', file: await recording() })
const asText = await openai.audio.transcriptions.create({ model: 'mock/transcribe', file: await recording(), response_format: 'text' })
const pieces = []
for await (const event of await openai.audio.transcriptions.create({ model: 'mock/transcribe', file: await recording(), stream: true })) pieces.push(event)
const translation = await openai.audio.translations.create({ model: 'mock/transcribe', file: await recording(), prompt: 'Guten Tag' })

const question = { model: 'mock/rerank', query: 'capital of France', documents: ['Berlin is in Germany', 'Paris is the capital of France'], topN: 1 }
const reranked = await new CohereClientV2({ token: key, environment: base }).rerank(question)
const rerankedV1 = await new CohereClient({ token: key, environment: base }).rerank({ ...question, returnDocuments: true })

print({
  completion: completion.choices[0].text, streamed, flagged: moderation.results.map((r) => r.flagged),
  image: { count: image.data.length, caption: image.data[0].revised_prompt, bytes: Buffer.from(image.data[0].b64_json, 'base64').length },
  edit: edit.data[0].revised_prompt, variations: variation.data.length,
  speech: { head: speech.subarray(0, 4).toString(), bytes: speech.length },
  transcription: transcription.text, asText, pieces, translation: translation.text,
  reranked: reranked.results, rerankedV1: rerankedV1.results,
  noModel: await failure(() => openai.images.generate({ prompt: 'A cat' })),
  noFile: await failure(() => openai.audio.transcriptions.create({ model: 'mock/transcribe', file: 'text' })),
  noPrompt: await failure(() => openai.completions.create({ model: 'mock/echo' })),
})
