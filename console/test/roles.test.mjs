import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, openPage, server, signIn } from "./browser.mjs";

// The menu, and what of it each role does not see; the server refuses the rest whatever a page shows.
const menu = [
  "Requests",
  "Sessions",
  "Usage and spend",
  "Experiments",
  "Budgets",
  "Rate limits",
  "Prices",
  "Alerts",
  "Playground",
  "Prompts",
  "Configs",
  "Guardrails",
  "Cache",
  "API keys",
  "Virtual keys",
  "Members",
  "Teams",
  "Audit",
  "Exports",
  "Settings",
  "Client setup",
  "First call",
  "Your account",
];
const hidden = {
  admin: [],
  member: ["Prices", "Alerts", "Members", "Cache", "Settings", "Audit"],
  auditor: ["Prompts", "Experiments", "Settings"],
  billing: [
    "Requests",
    "Sessions",
    "Exports",
    "Virtual keys",
    "Configs",
    "Prompts",
    "Experiments",
    "Guardrails",
    "Settings",
    "Audit",
  ],
};

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const [role, without] of Object.entries(hidden)) {
  test(`the menu of the role ${role}`, async () => {
    const { key } = await api("POST", "/v1/api-keys", { name: `console-${role}`, role });
    const { page, check } = await openPage(browser, "setup");
    await signIn(page, key);
    await page.getByRole("heading", { name: "Client setup" }).waitFor();
    assert.deepEqual(
      await page.locator("nav li a").allTextContents(),
      menu.filter((name) => !without.includes(name)),
    );
    await page.getByRole("link", { name: "API keys" }).click();
    await page.locator("tbody tr").first().waitFor();
    assert.equal(await page.getByRole("button", { name: "New API key" }).count(), role === "admin" ? 1 : 0);
    await check();
  });
}

test("who may not list requests begins at the first screen of the menu", async () => {
  const { key } = await api("POST", "/v1/api-keys", { name: "console-first-screen", role: "billing" });
  const { page, check } = await openPage(browser, "");
  await signIn(page, key);
  await page.getByRole("heading", { name: "Usage and spend" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/console/usage");
  await check();
});

test("a new key is shown once", async () => {
  const { page, check } = await openPage(browser, "keys");
  await signIn(page);
  await page.getByRole("button", { name: "New API key" }).click();
  await page.getByLabel("Name").fill("from-the-console");
  await page.getByRole("button", { name: "Create" }).click();
  const key = await page.locator(".secret").textContent();
  assert.match(key, /^sk-sl-/);
  assert.equal((await fetch(`${server}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status, 200);
  await page.getByRole("button", { name: "Close" }).click();
  await page.reload();
  await page.getByText("from-the-console").first().waitFor();
  assert.equal((await page.content()).includes(key), false);
  await check();
});
