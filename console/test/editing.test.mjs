import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, openPage, signIn, write } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("a config: what is no JSON, what the server refuses, and what it takes", async () => {
  const { page } = await openPage(browser, "configs");
  await signIn(page);
  await page.getByRole("button", { name: "New config" }).click();
  await page.getByLabel("Slug").fill("from-the-console");
  await write(page, "Config as JSON", "{");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This is no JSON").waitFor();
  await write(page, "Config as JSON", '{"retry": "often"}');
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText(/retry/).last().waitFor();
  await write(page, "Config as JSON", '{"retry": 2}');
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "from-the-console" }).waitFor();
  assert.deepEqual((await api("GET", "/v1/configs/from-the-console")).config, { retry: 2 });
  await page.context().close();
});

test("a config: its next version, what it changed, and back", async () => {
  await api("POST", "/v1/configs", { slug: "console-versions", config: { retry: 1 } });
  const { page, check } = await openPage(browser, "configs/console-versions");
  await signIn(page);
  await write(page, "Config as JSON", '{"retry": 3}');
  await page.getByLabel("Why").fill("flaky provider");
  await page.getByRole("button", { name: "Save as the next version" }).click();
  await page.getByRole("cell", { name: "flaky provider" }).waitFor();
  await page.getByRole("button", { name: "What it changed: Version 2" }).click();
  await page.locator(".cm-deletedChunk", { hasText: '"retry": 1' }).waitFor();
  await page.getByRole("button", { name: "Make it the newest again" }).click();
  await page.getByRole("button", { name: "What it changed: Version 3" }).waitFor();
  assert.deepEqual((await api("GET", "/v1/configs/console-versions")).config, { retry: 1 });
  await check();
});

test("a prompt: made, changed and published", async () => {
  const { page, check } = await openPage(browser, "prompts");
  await signIn(page);
  await page.getByRole("button", { name: "New prompt" }).click();
  await page.getByLabel("Slug").fill("console-greeting");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "console-greeting" }).waitFor();
  await page.getByRole("button", { name: "New version from this one" }).click();
  await page.getByLabel("What changed").fill("kinder");
  await write(
    page,
    "Template as JSON",
    '{"model": "mock/echo", "messages": [{"role": "user", "content": "Dear {{name}}"}]}',
  );
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("kinder").waitFor();
  await page.getByRole("button", { name: "Point a label at it" }).click();
  await page.getByText("production", { exact: true }).waitFor();
  assert.deepEqual((await api("GET", "/v1/prompts/console-greeting")).labels, { production: 2 });
  await check();
});

test("a prompt on two models side by side, streamed", async () => {
  await api("POST", "/v1/prompts", {
    slug: "console-beside",
    body: { model: "mock/echo", messages: [{ role: "user", content: "Hello {{name}}" }] },
  });
  const { page, check } = await openPage(browser, "prompts/console-beside");
  await signIn(page);
  await page.getByLabel("name", { exact: true }).fill("Ada");
  await page.getByLabel("Models", { exact: true }).fill("mock/echo, mock/slow");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("heading", { name: "mock/echo", exact: true }).waitFor();
  await page.getByRole("heading", { name: "mock/slow" }).waitFor();
  await page.locator(".beside article", { hasText: "Hello Ada" }).first().waitFor();
  await check();
});

test("test cases of a prompt: what passes, and what fails and why", async () => {
  const cases = [
    { name: "greets", variables: { name: "Ada" }, expect: { contains: ["Hello"], max_output_tokens: 50 } },
    { name: "不道歉", variables: { name: "sorry" }, expect: { not_contains: ["sorry"] } },
  ];
  await api("POST", "/v1/prompts", {
    slug: "console-cases",
    body: { model: "mock/echo", messages: [{ role: "user", content: "Hello {{name}}" }], test_cases: cases },
  });
  const { page, check } = await openPage(browser, "prompts/console-cases");
  await signIn(page);
  await page.getByLabel("Models", { exact: true }).fill("mock/echo, mock/slow");
  await page.getByRole("button", { name: "Run the test cases" }).click();
  await page.getByText("2 of 4 passed").waitFor();
  await page
    .getByRole("row", { name: /greets/ })
    .getByText("pass", { exact: true })
    .last()
    .waitFor();
  await page
    .getByRole("row", { name: /不道歉/ })
    .getByText("contains: sorry")
    .last()
    .waitFor();
  await check();
});

test("a virtual key: its credential is sent once and shown never", async () => {
  const { page, check } = await openPage(browser, "virtual-keys");
  await signIn(page);
  const credential = "sk-console-credential-0001";
  await page.getByRole("button", { name: "New virtual key" }).click();
  await page.getByLabel("Name").fill("vk-console");
  await page.getByLabel("Provider", { exact: true }).fill("openai");
  await page.getByLabel("Credential of the provider").fill(credential);
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("cell", { name: "vk-console", exact: true }).waitFor();
  assert.equal((await page.content()).includes(credential), false);
  await page.getByRole("button", { name: "Test: vk-console" }).click();
  await page.getByRole("status", { name: "Result of the test" }).waitFor();
  await page.getByRole("button", { name: "Delete: vk-console" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("cell", { name: "vk-console", exact: true }).waitFor({ state: "detached" });
  await check();
});

test("the audit chain is checked in the page, and tells what was just done", async () => {
  const { page, check } = await openPage(browser, "audit");
  await signIn(page);
  await page.getByRole("button", { name: "Check the chain" }).click();
  await page.getByText("The chain is intact").waitFor();
  await page.getByRole("cell", { name: "session.create" }).first().waitFor();
  await check();
});

test("a password ends the session and opens the next one", async () => {
  const { key } = await api("POST", "/v1/api-keys", { name: "console-person", role: "member" });
  const { page } = await openPage(browser, "account");
  await signIn(page, key);
  await page.getByLabel("New password").fill("correct horse battery staple");
  await page.getByRole("button", { name: "Set the password" }).click();
  await page.getByText("Your session has ended").waitFor();
  await page.getByRole("button", { name: "With a password" }).click();
  await page.getByLabel("Member").fill("console-person");
  await page.getByLabel("Password").fill("correct horse battery staple");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("this one").waitFor();
  await page.context().close();
});

test("a budget with what a key has spent of it, and the usage behind it", async () => {
  const made = await api("POST", "/v1/api-keys", { name: "console-spender", role: "member", budget_usd: 1 });
  await api("POST", "/v1/policies/usage-limits", {
    name: "console-month",
    credit_limit: 5,
    period: "month",
    time_zone: "Asia/Shanghai",
  });
  await api(
    "POST",
    "/v1/chat/completions",
    { model: "mock/echo", messages: [{ role: "user", content: "Hello" }] },
    made.key,
  );
  const { page, check } = await openPage(browser, "budgets");
  await signIn(page);
  await page.getByRole("cell", { name: "console-month", exact: true }).waitFor();
  await page.getByText("month Asia/Shanghai").waitFor();
  await page.getByLabel("What limits this API key").selectOption({ label: "console-spender" });
  await page
    .getByText(/\$0\.0+1\d* spent, \$0 reserved/)
    .first()
    .waitFor();
  await page.getByRole("link", { name: "Usage and spend" }).click();
  await page.getByLabel("By", { exact: true }).selectOption("api_key");
  await page.getByRole("link", { name: "console-spender" }).click();
  await page.getByText("1 shown").waitFor();
  await check();
});
