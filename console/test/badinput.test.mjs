import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, openPage, recorded, signIn } from "./browser.mjs";

let browser;
let row;
before(async () => {
  browser = await launch();
  const body = { model: "mock/echo", messages: [{ role: "user", content: "a question that stays on the page" }] };
  row = await recorded((await api("POST", "/v1/chat/completions", body)).requestID);
});
after(() => browser?.close());

const json = (body) => ({ contentType: "application/json", body: JSON.stringify(body) });

test("the server goes away: what was loaded stays, a banner says so, nothing spins, and it goes on by itself", async () => {
  const { page } = await openPage(browser, "requests");
  await signIn(page);
  await page.locator("tbody tr").first().waitFor();
  await page.route("**/v1/**", (route) => route.abort());
  await page.getByRole("link", { name: "Sessions" }).click();
  await page.getByText("The server does not answer").first().waitFor();
  await page.getByRole("link", { name: "Requests" }).click();
  await page.locator("tbody tr").first().waitFor();
  await page.getByRole("link", { name: "API keys" }).click();
  await page.getByText("The server does not answer").first().waitFor();
  await page.locator("main [aria-busy=true]").waitFor({ state: "detached" });
  await page.unroute("**/v1/**");
  await page.getByRole("button", { name: "Try again" }).first().click();
  await page.locator("tbody tr").first().waitFor();
  await page.context().close();
});

test("the store is down: the server says so, and the page with it", async () => {
  const { page } = await openPage(browser, "usage");
  await page.route("**/v1/logs?**", (route) =>
    route.fulfill({ status: 503, ...json({ error: { message: "The telemetry database cannot be read." } }) }),
  );
  await signIn(page);
  await page.getByRole("link", { name: "Requests" }).click();
  await page.getByText("The telemetry database cannot be read.").waitFor();
  await page.locator("main [aria-busy=true]").waitFor({ state: "detached" });
  await page.context().close();
});

test("a body of 5 MB is shown in parts", async () => {
  const content = "long ".repeat(1_000_000);
  const big = { ...row, request: { model: "mock/echo", messages: [{ role: "user", content }] } };
  const { page, check } = await openPage(browser, "requests");
  await page.route(`**/v1/logs/${row.id}`, (route) => route.fulfill(json({ data: [big], foreign_spans: [] })));
  await signIn(page);
  await page.getByLabel("Request id or trace id").fill(row.id);
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: "Messages" }).click();
  await page.getByText("20000 of 5000000 characters").waitFor();
  await page.getByRole("button", { name: "Show more" }).click();
  await page.getByText("120000 of 5000000 characters").waitFor();
  await page.getByRole("tab", { name: "Raw" }).click();
  await page.getByText(/^20000 of 50\d+ characters$/).waitFor();
  assert.ok((await page.locator("main").evaluate((main) => main.textContent.length)) < 100_000);
  await check();
});

test("100,000 rows scroll, and few of them are drawn", async () => {
  const { time, provider, cache } = row;
  const listed = {
    time,
    provider,
    cache,
    status: 200,
    outcome: "ok",
    usage: null,
    latency_ms: 1,
    cost_known: true,
    cost_usd: 0,
  };
  const data = Array.from({ length: 100_000 }, (_, i) => ({ ...listed, id: `row-${i}`, model: `model-${i}` }));
  const { page, check } = await openPage(browser, "usage");
  await page.route("**/v1/logs?**", (route) => route.fulfill(json({ object: "list", data })));
  await signIn(page);
  await page.getByRole("link", { name: "Requests" }).click();
  await page.getByText("model-0", { exact: true }).waitFor();
  await page.locator(".scroll").evaluate((frame) => frame.scrollTo(0, frame.scrollHeight));
  await page.getByText("model-99999", { exact: true }).waitFor();
  assert.ok((await page.locator("tbody tr").count()) < 200);
  await check();
});
