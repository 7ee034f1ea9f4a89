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
export const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const pictureSeen = `image/png of ${Buffer.from(picture, 'base64').length} bytes`
export const schema = { type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'integer' } }, required: ['city', 'degrees'], additionalProperties: false }
export const weatherSchema = { type: 'object', properties: { city: { type: 'string', description: 'name of the city' } }, required: ['city'], additionalProperties: false }

const must = (ok, message) => { if (!ok) throw new Error(message) }
const show = (v) => { const s = JSON.stringify(v); return s === undefined ? String(v) : s.slice(0, 300) }

// An answer is a text, or { text, usage: [input, output] } where the client tells the usage.
const textOf = (answer) => (answer !== null && typeof answer === 'object' ? answer.text : answer)
const same = (answer, text) => {
  must(textOf(answer) === text, `the text is ${show(textOf(answer))}, not ${show(text)}`)
  if (answer?.usage) must(show(answer.usage) === show(usage), `the usage is ${show(answer.usage)}, not ${show(usage)}`)
}

// What an error says, with the causes that clients wrap.
const chain = (err) => { const all = []; for (let e = err; e && all.length < 6; e = e.cause ?? e.lastError) all.push(e); return all }
const statusOf = (err) => chain(err).map((e) => e.status ?? e.statusCode ?? e.httpStatus).find((s) => s !== undefined)
const wordsOf = (err) => chain(err).map((e) => `${e.message} ${e.responseBody ?? ''} ${e.body ?? ''} ${show(e.error ?? '')}`).join(' ')

async function failure(f) {
  let answer
  try { answer = await f() } catch (err) { return err }
  throw new Error(`no error, but ${show(answer)}`)
}

const checks = {
  plain: async (d, c) => same(await d.plain(c, 'Please greet. scenario-plain'), hello),
  stream: async (d, c) => same(await d.stream(c, 'Please greet. scenario-plain'), hello),
  tools: async (d, c) => {
    for (const way of [d.tools, d.toolsStream]) {
      if (!way) continue
      const asked = []
      const weather = (args) => { asked.push(args); return '21 degrees' }
      const answer = await way(c, 'How warm is it in Paris? scenario-tools', weather)
      must(show(asked) === '[{"city":"Paris"}]', `${way.name}: the tool was called with ${show(asked)}`)
      same(textOf(answer), 'It is 21 degrees in Paris.')
    }
  },
  images: async (d, c) => same(await d.images(c, 'What do you see? scenario-images'), `I see ${pictureSeen}.`),
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
  embeddings: async (d, c) => {
    const v = await d.embeddings(c, ['four', 'sixsix'])
    must(show(v.map((x) => Array.from(x))) === '[[4,1,0,0.5],[6,1,0,0.5]]', `the vectors are ${show(v)}`)
  },
  errors: async (d, c) => {
    for (const [name, client, prompt, status, words] of [
      ['wrong key', d.client('sk-wrong-key'), 'scenario-plain', 401, 'key'],
      ['limited', c, 'scenario-limited', 429, 'This request would exceed your rate limit'],
      ['refused', c, 'scenario-refused', 400, 'the upstream refuses this request']]) {
      const err = await failure(() => d.plain(client, prompt))
      must(statusOf(err) === status || d.noStatus, `${name}: the status is ${statusOf(err)}: ${wordsOf(err)}`)
      must(wordsOf(err).includes(words), `${name}: ${show(wordsOf(err))} does not hold ${show(words)}`)
    }
  },
  broken: async (d, c) => {
    for (const how of ['cut', 'quiet']) {
      try { await failure(() => d.stream(c, `scenario-${how}`)) } catch (err) { throw new Error(`${how}: ${err.message}`) }
    }
  },
  redaction: async (d) => {
    const c = d.client(env.SLUICE_REDACT_KEY)
    const prompt = `Write to ${secret} now. scenario-echo`
    same(textOf(await d.plain(c, prompt)), `You wrote: ${prompt}`)
    if (d.stream) same(textOf(await d.stream(c, prompt)), `You wrote: ${prompt}`)
  },
}
const needsWhole = { broken: 'stream' } // an error of a stream that never worked says nothing
const needs = { errors: 'plain', broken: 'stream', redaction: 'plain' }

const within = (seconds, promise) => {
  let timer
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), seconds * 1000) })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

// run checks a driver: { client(key), plain(client, prompt), stream, tools(client, prompt, weather),
// toolsStream, images, structured, reasoning, reasoningStream, embeddings(client, texts) }.
export async function run(driver) {
  const states = {}
  for (const [feature, check] of Object.entries(checks)) {
    if (env.SLUICE_FEATURES && !env.SLUICE_FEATURES.split(',').includes(feature)) continue
    let result = { feature, state: 'absent' }
    if (driver[needs[feature] ?? feature]) {
      try {
        must(!needsWhole[feature] || states[needsWhole[feature]] !== 'broken', `${needsWhole[feature]} is broken`)
        await within(30, check(driver, driver.client(env.SLUICE_KEY)))
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
