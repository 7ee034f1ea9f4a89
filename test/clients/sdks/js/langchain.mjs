// LangChain with one of its chat models, which is named on the command line.
import { HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { base, embedder, firstUntilAbort, model, pdf, picture, run, schema, thinker, weatherSchema } from './harness.mjs'

const name = process.argv[2]
const makers = {
  openai: async () => {
    const { ChatOpenAI, OpenAIEmbeddings } = await import('@langchain/openai')
    const configuration = { baseURL: base + '/v1' }
    return {
      chat: (key, more) => new ChatOpenAI({ model, apiKey: key, maxRetries: 0, configuration, ...more }),
      thinking: { model: thinker, modelKwargs: { reasoning_effort: 'low' } }, // with reasoning it only sends it to OpenAI's names
      embed: (key) => new OpenAIEmbeddings({ model: embedder, apiKey: key, maxRetries: 0, configuration }),
    }
  },
  anthropic: async () => {
    const { ChatAnthropic } = await import('@langchain/anthropic')
    return {
      chat: (key, more) => new ChatAnthropic({ model, apiKey: key, maxRetries: 0, maxTokens: 4000, anthropicApiUrl: base, ...more }),
      thinking: { model: thinker, thinking: { type: 'enabled', budget_tokens: 1024 } },
    }
  },
  google: async () => {
    const { ChatGoogleGenerativeAI, GoogleGenerativeAIEmbeddings } = await import('@langchain/google-genai')
    return {
      chat: (key, more) => new ChatGoogleGenerativeAI({ model, apiKey: key, maxRetries: 0, baseUrl: base, ...more }),
      thinking: { model: thinker, thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } },
      embed: (key) => new GoogleGenerativeAIEmbeddings({ model: embedder, apiKey: key, baseUrl: base, maxRetries: 0 }),
    }
  },
}
const made = await makers[name]()
// With source_type, Anthropic's class sends a file twice.
const fileOf = {
  openai: { type: 'file', source_type: 'base64', mime_type: 'application/pdf', data: pdf, metadata: { filename: 'a.pdf' } },
  anthropic: { type: 'file', mimeType: 'application/pdf', data: pdf },
  google: { type: 'file', source_type: 'base64', mime_type: 'application/pdf', data: pdf },
}
const usageOf = (u) => u && [u.input_tokens, u.output_tokens, u.input_token_details?.cache_read]
const thoughtOf = (m) => m.content?.filter?.((b) => b.type === 'thinking' || b.type === 'reasoning').map((b) => b.thinking ?? b.reasoning).join('') || m.additional_kwargs.reasoning_content

await run({
  cached: 30, typed: { openai: { 400: 'BadRequestError', 401: 'AuthenticationError', 429: 'RateLimitError', 500: 'InternalServerError' }, anthropic: { 400: 'BadRequestError', 401: 'AuthenticationError', 429: 'RateLimitError', 500: 'InternalServerError' }, google: 'GoogleGenerativeAIFetchError' }[name],
  client: (key) => key,
  plain: async (key, prompt) => {
    const m = await made.chat(key).invoke([new SystemMessage('Be kind.'), new HumanMessage(prompt)])
    return { text: m.text, usage: usageOf(m.usage_metadata) }
  },
  stream: async (key, prompt) => {
    let all
    for await (const m of await made.chat(key).stream(prompt)) all = all ? all.concat(m) : m
    // It adds the counts of message_start and message_delta, which are sums already.
    return { text: all.text, usage: name === 'anthropic' ? undefined : usageOf(all.usage_metadata) }
  },
  tools: async (key, prompt, weather) => {
    const chat = made.chat(key).bindTools([tool(async (args) => weather(args), { name: 'get_weather', description: 'The weather.', schema: weatherSchema })])
    const first = await chat.invoke(prompt)
    const results = first.tool_calls.map((t) => new ToolMessage({ tool_call_id: t.id, name: t.name, content: weather(t.args) }))
    return (await chat.invoke([new HumanMessage(prompt), first, ...results])).text
  },
  images: async (key, prompt) => (await made.chat(key).invoke([new HumanMessage({ content: [{ type: 'text', text: prompt }, { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } }] })])).text,
  files: async (key, prompt) => (await made.chat(key).invoke([new HumanMessage({ content: [{ type: 'text', text: prompt }, fileOf[name]] })])).text,
  abort: (key, prompt) => firstUntilAbort((signal) => made.chat(key).stream(prompt, { signal }), (m) => m.text),
  structured: (key, prompt) => made.chat(key).withStructuredOutput(schema, { name: 'weather', method: name === 'anthropic' ? undefined : 'jsonSchema' }).invoke(prompt),
  reasoning: async (key, prompt) => {
    const m = await made.chat(key, made.thinking).invoke(prompt)
    return { text: m.text, thought: thoughtOf(m), tokens: m.usage_metadata?.output_token_details?.reasoning }
  },
  embeddings: made.embed && (async (key, texts) => made.embed(key).embedDocuments(texts)),
})
