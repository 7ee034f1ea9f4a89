// How each client is pointed at Sluice. The blocks are what its own documentation calls a base URL
// and a key; docs/clients.md lists the versions that were run.

export interface Client {
  name: string;
  block: (server: string, key: string) => string;
}

export const clients: Client[] = [
  {
    name: "curl",
    block: (server, key) =>
      `curl ${server}/v1/chat/completions -H "Authorization: Bearer ${key}" \\\n  -d '{"model": "mock/echo", "messages": [{"role": "user", "content": "Hello"}]}'`,
  },
  {
    name: "OpenAI SDK, Python",
    block: (server, key) => `from openai import OpenAI\n\nclient = OpenAI(base_url="${server}/v1", api_key="${key}")`,
  },
  {
    name: "OpenAI SDK, Node.js",
    block: (server, key) =>
      `import OpenAI from "openai";\n\nconst client = new OpenAI({ baseURL: "${server}/v1", apiKey: "${key}" });`,
  },
  {
    name: "Anthropic SDK, Python",
    block: (server, key) =>
      `from anthropic import Anthropic\n\nclient = Anthropic(base_url="${server}", api_key="${key}")`,
  },
  {
    name: "Claude Code",
    block: (server, key) => `export ANTHROPIC_BASE_URL=${server}\nexport ANTHROPIC_AUTH_TOKEN=${key}\nclaude`,
  },
  {
    name: "Codex",
    block: (server, key) =>
      `# ~/.codex/config.toml\nmodel_provider = "sluice"\n\n[model_providers.sluice]\nname = "Sluice"\nbase_url = "${server}/v1"\nenv_key = "SLUICE_API_KEY"\nwire_api = "responses"\n\n# then\nexport SLUICE_API_KEY=${key}\ncodex`,
  },
  {
    name: "Gemini CLI",
    block: (server, key) => `export GOOGLE_GEMINI_BASE_URL=${server}\nexport GEMINI_API_KEY=${key}\ngemini`,
  },
  {
    name: "@google/genai",
    block: (server, key) =>
      `import { GoogleGenAI } from "@google/genai";\n\nconst client = new GoogleGenAI({ apiKey: "${key}", httpOptions: { baseUrl: "${server}" } });`,
  },
  {
    name: "Portkey SDK",
    block: (server, key) =>
      `import { Portkey } from "portkey-ai";\n\nconst client = new Portkey({ baseURL: "${server}/v1", apiKey: "${key}" });`,
  },
  {
    name: "LiteLLM SDK",
    block: (server, key) =>
      `litellm.completion(model="openai/gpt-5", api_base="${server}/v1", api_key="${key}", messages=messages)`,
  },
  {
    name: "Vercel AI SDK",
    block: (server, key) =>
      `import { createOpenAI } from "@ai-sdk/openai";\n\nconst openai = createOpenAI({ baseURL: "${server}/v1", apiKey: "${key}" });`,
  },
];
