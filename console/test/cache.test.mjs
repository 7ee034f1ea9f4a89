import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, openPage, ownerKey, recorded, signIn } from "./browser.mjs";

const question = "Why is the sky of Mars so red in summer?";
let browser;
let asked;
before(async () => {
  browser = await launch();
  const chat = { model: "mock/echo", messages: [{ role: "user", content: question }] };
  const headers = { "x-sluice-cache": "semantic" };
  asked = (await api("POST", "/v1/chat/completions", chat, undefined, headers)).requestID;
  const hit = (await api("POST", "/v1/chat/completions", chat, undefined, headers)).requestID;
  await Promise.all([recorded(asked), recorded(hit)]);
});
after(() => browser?.close());

test("a question is explained, and its answer removed after the console told what it selects", async () => {
  const { page, check } = await openPage(browser, "cache");
  await signIn(page);
  await page.locator(".plot canvas").waitFor();
  await page
    .getByRole("cell", { name: /^no config · / })
    .first()
    .waitFor();
  await page.getByLabel("Question").fill(`Tell me, ${question.toLowerCase()}`);
  const explain = page.locator("section").filter({ has: page.getByRole("heading", { name: "Explain a question" }) });
  await explain.getByLabel("Model").fill("mock/echo");
  await explain.getByLabel("Config").fill('{"cache": ');
  await explain.getByRole("button", { name: "Explain" }).click();
  await page.getByText("This is no JSON").waitFor();
  await explain.getByLabel("Config").fill('{"cache": "semantic"}');
  await explain.getByRole("button", { name: "Explain" }).click();
  await page.getByText("that serves: a semantic hit").waitFor();
  await page.getByText("What speaks for and against").first().click();
  await page.getByRole("columnheader", { name: "Effect" }).first().waitFor();
  await page.getByRole("link", { name: asked }).first().waitFor();

  await page.getByLabel("Answer of the request").fill(asked);
  await page.getByRole("button", { name: "Show what it would remove" }).click();
  await page
    .getByRole("dialog")
    .getByText(/^1 answers, \d/)
    .waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove these answers" }).click();
  await page.getByText("1 answers were removed.").waitFor();
  assert.equal((await api("GET", `/v1/cache/answers?answer=${asked}`)).answers, 0);
  await check();
});

test("the whole cache takes a second step; a request leads to its explanation", async () => {
  const { page, check } = await openPage(browser, `cache?explain=${asked}`);
  await signIn(page);
  await page.getByText("What happened to the request then").waitFor();
  await page.getByRole("button", { name: "Empty the cache" }).click();
  const remove = page.getByRole("dialog").getByRole("button", { name: "Empty the cache" });
  assert.equal(await remove.isDisabled(), true);
  await page.getByLabel("Yes, remove every answer of this workspace").check();
  await remove.click();
  await page.getByText("answers were removed").waitFor();
  await check();
});

test("who may only read sees the report, and nothing that removes or explains", async () => {
  const { key } = await api("POST", "/v1/api-keys", { name: "cache-viewer", role: "viewer" });
  const { page, check } = await openPage(browser, "cache");
  await signIn(page, key);
  await page.getByRole("heading", { name: "Promises" }).waitFor();
  for (const name of ["Explain", "Empty the cache", "Show what it would remove"]) {
    assert.equal(await page.getByRole("button", { name }).count(), 0);
  }
  await check();
});

test("providers show what their calls of the last day got, and lead to them", async () => {
  const { page, check } = await openPage(browser, "virtual-keys");
  await signIn(page);
  await page.getByRole("heading", { name: "The last day" }).waitFor();
  const row = page.getByRole("row", { name: /^mock / });
  await row.getByText("well").waitFor();
  await row.getByRole("link").click();
  await page.getByRole("heading", { name: "Requests", exact: true }).waitFor();
  assert.match(page.url(), /since=24h&provider=mock/);
  await check();
});

test("two models answer side by side, with a config and parameters", async () => {
  const { page, check } = await openPage(browser, "playground");
  await signIn(page);
  await page.getByLabel("API key of the call").fill(ownerKey);
  await page.getByLabel("Model", { exact: true }).fill("mock/echo, mock/hello");
  await page.getByLabel("Message", { exact: true }).fill("Hello to both");
  await page.getByText("Config and parameters").click();
  await page.getByLabel("Parameters as JSON").fill("{");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("This is no JSON").waitFor();
  await page.getByLabel("Parameters as JSON").fill('{"temperature": 0}');
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByRole("article").filter({ hasText: "mock/echo" }).getByText("Hello to both").waitFor();
  await page.getByRole("article").filter({ hasText: "mock/hello" }).locator("pre", { hasText: /\w/ }).waitFor();
  await check();
});
