// How each client is pointed at Sluice: what its own documentation calls a base URL and a key.

export interface Client {
  name: string;
  /** The client's name in the table of docs/clients.md, whose settings the block has; absent where that does not list it. */
  listed?: string;
  block: (server: string, key: string) => string;
}

/** agents are programs that people start. */
export const agents: Client[] = [
  {
    name: "Claude Code",
    listed: "Claude Code",
    block: (server, key) => `export ANTHROPIC_BASE_URL=${server}\nexport ANTHROPIC_AUTH_TOKEN=${key}\nclaude`,
  },
  {
    name: "Codex",
    listed: "Codex",
    block: (server, key) =>
      `# ~/.codex/config.toml\nmodel_provider = "sluice"\n\n[model_providers.sluice]\nname = "Sluice"\nbase_url = "${server}/v1"\nenv_key = "SLUICE_API_KEY"\nwire_api = "responses"\n\n# then\nexport SLUICE_API_KEY=${key}\ncodex`,
  },
  {
    name: "Gemini CLI",
    listed: "Gemini CLI",
    block: (server, key) =>
      `# ~/.gemini/settings.json\n{"security": {"auth": {"selectedType": "gemini-api-key"}}}\n\n# then\nexport GOOGLE_GEMINI_BASE_URL=${server}\nexport GEMINI_API_KEY=${key}\ngemini`,
  },
  {
    name: "opencode",
    listed: "opencode",
    block: (server, key) =>
      `// opencode.json\n{\n  "provider": {\n    "sluice": {\n      "npm": "@ai-sdk/openai-compatible",\n      "options": {"baseURL": "${server}/v1", "apiKey": "${key}"},\n      "models": {"mock/echo": {}}\n    }\n  }\n}`,
  },
  {
    name: "Qwen Code",
    listed: "Qwen Code",
    block: (server, key) =>
      `export OPENAI_BASE_URL=${server}/v1\nexport OPENAI_API_KEY=${key}\nexport OPENAI_MODEL=mock/echo\nqwen`,
  },
  {
    name: "Aider",
    listed: "Aider",
    block: (server, key) =>
      `export OPENAI_API_BASE=${server}/v1\nexport OPENAI_API_KEY=${key}\naider --model openai/mock/echo`,
  },
  {
    name: "Continue",
    block: (server, key) =>
      `# ~/.continue/config.yaml\nname: Sluice\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: Sluice\n    provider: openai\n    model: mock/echo\n    apiBase: ${server}/v1\n    apiKey: ${key}`,
  },
  {
    name: "Cline",
    block: (server, key) => `cline auth openai-compatible -b ${server}/v1 -k ${key} -m mock/echo`,
  },
  {
    name: "Cursor",
    block: (server, key) =>
      `Cursor Settings → Models → API Keys\nOpenAI API Key: ${key}\nOverride OpenAI Base URL: ${server}/v1\n\nCursor's own servers call this address: it must be public and https.`,
  },
];

/** applications are servers with a page of their own. */
export const applications: Client[] = [
  {
    name: "Open WebUI",
    block: (server, key) => `OPENAI_API_BASE_URL=${server}/v1\nOPENAI_API_KEY=${key}`,
  },
  {
    name: "LibreChat",
    block: (server, key) =>
      `# librechat.yaml\nendpoints:\n  custom:\n    - name: Sluice\n      apiKey: "${key}"\n      baseURL: "${server}/v1"\n      models: {default: ["mock/echo"], fetch: true}`,
  },
  {
    name: "n8n",
    block: (server, key) => `Credentials → OpenAI\nAPI Key: ${key}\nBase URL: ${server}/v1`,
  },
  {
    name: "Dify",
    block: (server, key) =>
      `Model Provider → OpenAI-API-compatible\nModel Name: mock/echo\nAPI Key: ${key}\nAPI endpoint URL: ${server}/v1`,
  },
];

/** libraries are what programs are written with. */
export const libraries: Client[] = [
  {
    name: "curl",
    block: (server, key) =>
      `curl ${server}/v1/chat/completions -H "Authorization: Bearer ${key}" \\\n  -d '{"model": "mock/echo", "messages": [{"role": "user", "content": "Hello"}]}'`,
  },
  {
    name: "OpenAI SDK, Python",
    listed: "openai chat (Python)",
    block: (server, key) => `from openai import OpenAI\n\nclient = OpenAI(base_url="${server}/v1", api_key="${key}")`,
  },
  {
    name: "OpenAI SDK, Node.js",
    listed: "openai chat",
    block: (server, key) =>
      `import OpenAI from "openai";\n\nconst client = new OpenAI({ baseURL: "${server}/v1", apiKey: "${key}" });`,
  },
  {
    name: "Anthropic SDK, Python",
    listed: "anthropic (Python)",
    block: (server, key) =>
      `from anthropic import Anthropic\n\nclient = Anthropic(base_url="${server}", api_key="${key}")`,
  },
  {
    name: "Anthropic SDK, Node.js",
    listed: "@anthropic-ai/sdk",
    block: (server, key) =>
      `import Anthropic from "@anthropic-ai/sdk";\n\nconst client = new Anthropic({ baseURL: "${server}", apiKey: "${key}" });`,
  },
  {
    name: "@google/genai",
    listed: "@google/genai",
    block: (server, key) =>
      `import { GoogleGenAI } from "@google/genai";\n\nconst client = new GoogleGenAI({ apiKey: "${key}", httpOptions: { baseUrl: "${server}" } });`,
  },
  {
    name: "Vercel AI SDK",
    listed: "ai + @ai-sdk/openai",
    block: (server, key) =>
      `import { createOpenAI } from "@ai-sdk/openai";\n\nconst openai = createOpenAI({ baseURL: "${server}/v1", apiKey: "${key}" });`,
  },
  {
    name: "OpenRouter SDK",
    listed: "@openrouter/sdk",
    block: (server, key) =>
      `import { OpenRouter } from "@openrouter/sdk";\n\nconst client = new OpenRouter({ serverURL: "${server}/api/v1", apiKey: "${key}" });`,
  },
  {
    name: "OpenAI Agents",
    listed: "openai-agents (Python)",
    block: (server, key) =>
      `from agents import OpenAIProvider, RunConfig, set_tracing_disabled\nfrom openai import AsyncOpenAI\n\nset_tracing_disabled(True)\nclient = AsyncOpenAI(base_url="${server}/v1", api_key="${key}")\nrun_config = RunConfig(model_provider=OpenAIProvider(openai_client=client))`,
  },
  {
    name: "Pydantic AI",
    listed: "pydantic-ai openai:",
    block: (server, key) =>
      `from pydantic_ai.models.openai import OpenAIResponsesModel\nfrom pydantic_ai.providers.openai import OpenAIProvider\n\nmodel = OpenAIResponsesModel("mock/echo", provider=OpenAIProvider(base_url="${server}/v1", api_key="${key}"))`,
  },
  {
    name: "LangChain",
    listed: "langchain-openai",
    block: (server, key) =>
      `from langchain_openai import ChatOpenAI\n\nmodel = ChatOpenAI(model="mock/echo", base_url="${server}/v1", api_key="${key}")`,
  },
  {
    name: "LlamaIndex",
    listed: "llama-index openai-like",
    block: (server, key) =>
      `from llama_index.llms.openai_like import OpenAILike\n\nllm = OpenAILike(model="mock/echo", api_base="${server}/v1", api_key="${key}",\n                 is_chat_model=True, is_function_calling_model=True)`,
  },
  {
    name: "Instructor",
    listed: "instructor openai",
    block: (server, key) =>
      `import instructor\nfrom openai import OpenAI\n\nclient = instructor.from_openai(OpenAI(base_url="${server}/v1", api_key="${key}"))`,
  },
  {
    name: "Portkey SDK",
    listed: "portkey-ai",
    block: (server, key) =>
      `import { Portkey } from "portkey-ai";\n\nconst client = new Portkey({ baseURL: "${server}/v1", apiKey: "${key}" });`,
  },
  {
    name: "LiteLLM SDK",
    listed: "litellm openai/",
    block: (server, key) =>
      `litellm.completion(model="openai/mock/echo", api_base="${server}/v1", api_key="${key}", messages=messages)`,
  },
];

export const clients: Client[] = [...agents, ...applications, ...libraries];
