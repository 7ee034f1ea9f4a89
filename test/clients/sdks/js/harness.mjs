// The checks that every client goes through. A driver hands in what its client can do; this file
// knows what is asked and what must come back. It prints one JSON line per feature.
const env = process.env
export const base = env.SLUICE_BASE
export const model = env.SLUICE_MODEL
export const thinker = env.SLUICE_REASONING_MODEL
export const embedder = env.SLUICE_EMBEDDING_MODEL

const hello = 'Hello from the upstream.'
const thought = 'Who asks? A "friend" <é>, I think.'
const secret = 'ann.lee@example.com'
const usage = [30, 12]
const cachedTokens = 20
export const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const pictureSeen = `image/png of ${Buffer.from(picture, 'base64').length} bytes`
export const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj trailer<</Root 1 0 R>>\n%%EOF\n').toString('base64')
const pdfSeen = `application/pdf of ${Buffer.from(pdf, 'base64').length} bytes`
export const schema = { type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'integer' } }, required: ['city', 'degrees'], additionalProperties: false }
export const weatherSchema = { type: 'object', properties: { city: { type: 'string', description: 'name of the city' } }, required: ['city'], additionalProperties: false }

const must = (ok, message) => { if (!ok) throw new Error(message) }
const show = (v) => { const s = JSON.stringify(v); return s === undefined ? String(v) : s.slice(0, 300) }

// An answer is a text, or { text, usage: [input, output, cached input] } where the client tells the usage.
const textOf = (answer) => (answer !== null && typeof answer === 'object' ? answer.text : answer)
const same = (answer, text) => {
  must(textOf(answer) === text, `the text is ${show(textOf(answer))}, not ${show(text)}`)
  const told = answer?.usage?.slice(0, 2)
  if (told) must(show(told) === show(usage), `the usage is ${show(told)}, not ${show(usage)}`)
}

// What an error says, with the causes that clients wrap.
const chain = (err) => { const all = []; for (let e = err; e && all.length < 6; e = e.cause ?? e.lastError) all.push(e); return all }
const statusOf = (err) => chain(err).map((e) => e.status ?? e.statusCode ?? e.httpStatus).find((s) => s !== undefined)
const wordsOf = (err) => chain(err).map((e) => `${e.message} ${e.responseBody ?? ''} ${e.body ?? ''} ${show(e.error ?? '')}`).join(' ')

const namesOf = (err) => { const all = [err.name]; for (let p = Object.getPrototypeOf(err); p; p = Object.getPrototypeOf(p)) all.push(p.constructor?.name); return all }

async function failure(f) {
  let answer
  try { answer = await f() } catch (err) { return err }
  throw new Error(`no error, but ${show(answer)}`)
}

// weatherAsk lets the model call a tool, whole and streamed: once for each city, all in one answer.
async function weatherAsk(d, c, prompt, degrees) {
  for (const way of [d.tools, d.toolsStream]) {
    if (!way) continue
    const asked = []
    const answer = await way(c, prompt, (args) => { asked.push(args?.city); return `${degrees[args?.city]} degrees` })
    must(show(asked) === show(Object.keys(degrees)), `${way.name}: the tool was called for ${show(asked)}`)
    same(textOf(answer), `It is ${Object.values(degrees).map((n) => `${n} degrees`).join(' and ')}.`)
  }
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms) })

// first reads a stream up to its first text and leaves it there.
export async function first(stream, pieceOf) {
  for await (const e of stream) { const text = pieceOf(e); if (text) return text }
}

// firstUntilAbort reads a stream up to its first text and aborts it with the signal.
export async function firstUntilAbort(open, pieceOf) {
  const stop = new AbortController()
  let text
  try {
    for await (const e of await open(stop.signal)) {
      text ??= pieceOf(e) || undefined
      if (text) stop.abort()
    }
  } catch (err) { if (!text) throw err }
  return text
}

const checks = {
  plain: async (d, c) => same(await d.plain(c, 'Please greet. scenario-plain'), hello),
  stream: async (d, c) => same(await d.stream(c, 'Please greet. scenario-plain'), hello),
  tools: (d, c) => weatherAsk(d, c, 'How warm is it in Paris? scenario-tools', { Paris: 21 }),
  parallel: (d, c) => weatherAsk(d, c, 'How warm is it in Paris and in Rome? scenario-parallel', { Paris: 21, Rome: 25 }),
  images: async (d, c) => same(await d.images(c, 'What do you see? scenario-images'), `I see ${pictureSeen}.`),
  files: async (d, c) => same(await d.files(c, 'What do you read? scenario-images'), `I see ${pdfSeen}.`),
  structured: async (d, c) => {
    const v = await d.structured(c, 'How warm is it in Paris? scenario-structured')
    must(v?.city === 'Paris' && v?.degrees === 21, `the object is ${show(v)}`)
  },
  reasoning: async (d, c) => {
    for (const way of [d.reasoning, d.reasoningStream]) {
      if (!way) continue
      const r = await way(c, 'Think first. scenario-plain')
      must(r.text === hello, `${way.name}: the text is ${show(r.text)}`)
      must(r.thought === undefined || r.thought === thought, `${way.name}: the thought is ${show(r.thought)}`)
      must(r.tokens === undefined || r.tokens === 7, `${way.name}: the reasoning tokens are ${show(r.tokens)}`)
      must(r.thought !== undefined || r.tokens !== undefined, `${way.name}: neither thought nor tokens`)
    }
  },
  cached: async (d, c) => {
    for (const way of [d.plain, d.stream]) {
      const told = (await way?.(c, 'Please greet. scenario-cached'))?.usage
      if (told) must(told[0] === d.cached && told[2] === cachedTokens, `${way.name}: the usage is ${show(told)}, not ${d.cached} with ${cachedTokens} cached`)
    }
  },
  embeddings: async (d, c) => {
    const v = await d.embeddings(c, ['four', 'sixsix'])
    must(show(v.map((x) => Array.from(x))) === '[[4,1,0,0.5],[6,1,0,0.5]]', `the vectors are ${show(v)}`)
  },
  models: async (d, c) => {
    const ids = await d.models(c)
    must(ids.some((id) => id === model || id.endsWith(`/${model}`)), `${model} is not among ${ids.length}: ${show(ids)}`)
  },
  count: async (d, c) => {
    const n = await d.count(c, 'Please greet. scenario-plain')
    must(env.SLUICE_NATIVE ? n === usage[0] : n > 0 && n < 500, `the count is ${show(n)}`)
  },
  errors: async (d, c) => {
    for (const [name, client, prompt, status, words] of [
      ['wrong key', d.client('sk-wrong-key'), 'scenario-plain', 401, 'key'],
      ['limited', c, 'scenario-limited', 429, 'This request would exceed your rate limit'],
      ['refused', c, 'scenario-refused', 400, 'the upstream refuses this request'],
      ['down', c, 'scenario-down', 500, 'the upstream has an internal error']]) {
      const err = await failure(() => d.plain(client, prompt))
      must(statusOf(err) === status || d.noStatus, `${name}: the status is ${statusOf(err)}: ${wordsOf(err)}`)
      must(wordsOf(err).includes(words), `${name}: ${show(wordsOf(err))} does not hold ${show(words)}`)
      const type = typeof d.typed === 'string' ? d.typed : d.typed?.[status]
      must(!type || chain(err).some((e) => namesOf(e).includes(type)), `${name}: the error is a ${show(namesOf(err))}, not a ${type}`)
    }
  },
  broken: async (d, c) => {
    for (const how of ['cut', 'quiet']) {
      try { await failure(() => d.stream(c, `scenario-${how}`)) } catch (err) { throw new Error(`${how}: ${err.message}`) }
    }
  },
  abort: async (d, c) => {
    const name = `stream-${crypto.randomUUID().slice(0, 8)}`
    must(await d.abort(c, `Go on and on. scenario-endless ${name}`), 'no text before the abort')
    for (let i = 0; i < 100; i++, await pause(200)) {
      if (await (await fetch(`${env.SLUICE_VENDOR}/abandoned/${name}`)).json()) return
    }
    throw new Error('the vendor goes on with the stream that the client has left')
  },
  redaction: async (d) => {
    const c = d.client(env.SLUICE_REDACT_KEY)
    const prompt = `Write to ${secret} now. scenario-echo`
    same(textOf(await d.plain(c, prompt)), `You wrote: ${prompt}`)
    if (d.stream) same(textOf(await d.stream(c, prompt)), `You wrote: ${prompt}`)
  },
}
const featureSeconds = 90 // of a loaded machine
const needsWhole = { broken: 'stream' } // an error of a stream that never worked says nothing
const needs = { parallel: 'tools', errors: 'plain', broken: 'stream', redaction: 'plain' }

const within = (seconds, promise) => {
  let timer
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

// run checks a driver: { client(key), plain(client, prompt), stream, tools(client, prompt, weather),
// toolsStream, images, files, structured, reasoning, reasoningStream, embeddings(client, texts),
// models(client), count(client, prompt), abort(client, prompt) }, and three facts: cached, the
// input tokens of an answer of which 20 were cached, where the client tells those; typed, the name
// of its error type, or its types by status; noStatus, if its errors have no status.
export async function run(driver) {
  const states = {}
  for (const [feature, check] of Object.entries(checks)) {
    if (env.SLUICE_FEATURES && !env.SLUICE_FEATURES.split(',').includes(feature)) continue
    let result = { feature, state: 'absent' }
    if (driver[needs[feature] ?? feature]) {
      try {
        must(!needsWhole[feature] || states[needsWhole[feature]] !== 'broken', `${needsWhole[feature]} is broken`)
        await within(featureSeconds, check(driver, driver.client(env.SLUICE_KEY)))
        result.state = 'whole'
      } catch (err) {
        result = { feature, state: 'broken', detail: `${err?.message} ${wordsOf(err?.cause)}`.slice(0, 1200) }
        if (env.SLUICE_VERBOSE) console.error(err)
      }
    }
    states[feature] = result.state
    process.stdout.write(JSON.stringify(result) + '\n')
  }
  process.exit(0)
}
