// Portkey's client as an administrator: workspaces, their users, API keys, virtual keys, configs.
import { Portkey } from 'portkey-ai'
import { base, key, print } from './settings.mjs'

const portkey = new Portkey({ apiKey: key, baseURL: `${base}/v1` })
const out = {}

const failure = async (call) => {
  try {
    await call()
    return { status: 0 }
  } catch (err) {
    return { status: err.status, message: err.message }
  }
}

const workspace = await portkey.admin.workspaces.create({ name: 'red', description: '', users: ['ada@example.com'] })
out.workspace = { id: workspace.id, slug: workspace.slug, users: workspace.users.length }
out.workspaces = (await portkey.admin.workspaces.list({ exact_name: 'red' })).total
await portkey.admin.workspaces.users.create({ workspaceId: workspace.id, users: [{ id: 'bob@example.com', role: 'manager' }] })
const members = await portkey.admin.workspaces.users.list({ workspaceId: workspace.id, role: 'manager' })
out.members = members.data.map((m) => [m.email, m.role])
const bob = members.data[0].id
await portkey.admin.workspaces.users.update({ workspaceId: workspace.id, userId: bob, role: 'member' })
out.member = (await portkey.admin.workspaces.users.retrieve({ workspaceId: workspace.id, userId: bob })).role
out.users = (await portkey.admin.users.list({ email: 'bob' })).data.map((u) => u.email)

const made = await portkey.apiKeys.create({
  type: 'workspace', 'sub-type': 'service', name: 'Nightly jobs', description: 'for the batch', workspace_id: workspace.id, scopes: ['completions.write'],
  rate_limits: [{ type: 'requests', unit: 'rpm', value: 2 }], usage_limits: { type: 'cost', credit_limit: 10 }, defaults: { metadata: { env: 'prod' } },
})
const got = await portkey.apiKeys.retrieve({ id: made.id })
out.apiKey = { title: got.title, status: got.status, type: got.type, scopes: got.scopes, limit: got.usage_limits.credit_limit, key: got.key }
await portkey.apiKeys.update({ id: made.id, name: 'Hourly jobs', description: 'more often' })
const listed = await portkey.apiKeys.list({ page_size: 10, current_page: 0, workspace_id: workspace.id })
out.listed = listed.data.map((k) => k.title)
out.keyInList = JSON.stringify(listed).includes(made.key)

await portkey.virtualKeys.create({ name: 'spare', provider: 'openai', key: 'sk-canary-credential', workspace_id: workspace.id })
const virtual = await portkey.virtualKeys.retrieve({ slug: 'spare' })
out.virtualKey = { slug: virtual.slug, canary: JSON.stringify([virtual, await portkey.virtualKeys.list({ workspace_id: workspace.id })]).includes('sk-canary') }
await portkey.virtualKeys.delete({ slug: 'spare' })

const config = await portkey.configs.create({ name: 'routes', config: { retry: { attempts: 2 } } })
await portkey.configs.update({ slug: config.slug, config: { retry: { attempts: 3 } } })
const changed = await portkey.configs.retrieve({ slug: config.slug })
out.config = { attempts: changed.config.retry.attempts, version: changed.version_id, same: changed.id === config.id }
out.configs = (await portkey.configs.list({})).data.some((c) => c.slug === config.slug)
await portkey.configs.delete({ slug: config.slug })

// The key works, is limited, and ends.
const caller = new Portkey({ apiKey: made.key, baseURL: `${base}/v1` })
const ask = () => caller.chat.completions.create({ model: 'mock/echo', messages: [{ role: 'user', content: 'Hello' }] })
out.called = (await ask()).choices[0].message.content
await ask()
out.limited = await failure(ask)
out.refused = await failure(() => caller.apiKeys.list({}))
out.bad = await failure(() => portkey.admin.workspaces.create({ name: 'no spaces' }))
await portkey.apiKeys.delete({ id: made.id })
out.gone = await failure(ask)
await portkey.admin.workspaces.users.delete({ workspaceId: workspace.id, userId: bob })
out.left = (await portkey.admin.workspaces.users.list({ workspaceId: workspace.id })).data.map((m) => m.email)
print(out)
