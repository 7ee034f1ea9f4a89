import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { api, launch, openPage, ownerKey, recorded, signIn } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const session = "console-session-0001";

let browser;
before(async () => {
  browser = await launch();
  for (const content of ["first question", "second question"]) {
    const body = { model: "mock/echo", messages: [{ role: "user", content }] };
    await api("POST", "/v1/chat/completions", body, ownerKey, { "x-sluice-session-id": session });
  }
  for (let tries = 0; ; tries++) {
    if ((await api("GET", `/v1/logs?session_id=${session}`)).data.length === 2) {
      return;
    }
    assert.ok(tries < 300, "the calls were not recorded");
    await new Promise((done) => setTimeout(done, 100));
  }
});
after(() => browser?.close());

test("a session: its calls, over time, and as a text to read", async () => {
  const { page, check } = await openPage(browser, "sessions");
  await signIn(page);
  await page.getByRole("row", { name: session }).getByRole("link").click();
  await page.getByRole("heading", { name: session }).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 2);
  await page.getByRole("tab", { name: "Timeline" }).click();
  assert.equal(await page.locator(".waterfall a").count(), 2);
  await page.getByRole("tab", { name: "Read" }).click();
  await page.locator(".turns li", { hasText: "first question" }).first().waitFor();
  await page.locator(".turns li", { hasText: "second question" }).first().waitFor();
  await check();
});

test("a session as a tree: calls below the spans and calls that led to them, moved through with keys", async () => {
  const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  const body = { model: "mock/echo", messages: [{ role: "user", content: "look" }] };
  const agent = { name: "plan the trip", traceId: trace, spanId: "00f067aa0ba902b7", kind: 1 };
  const times = { startTimeUnixNano: `${Date.now()}000000`, endTimeUnixNano: `${Date.now() + 50}000000` };
  await api("POST", "/v1/otel/v1/traces", { resourceSpans: [{ scopeSpans: [{ spans: [{ ...agent, ...times }] }] }] });
  const headers = { "x-sluice-session-id": "console-session-tree", "x-sluice-trace-id": trace };
  const calls = [
    { "x-sluice-span-id": "first", "x-sluice-span-name": "ask", traceparent: `00-${trace}-${agent.spanId}-01` },
    { "x-sluice-span-name": "look up", "x-sluice-parent-span-id": "first" },
  ];
  for (const place of calls) {
    const { requestID } = await api("POST", "/v1/chat/completions", body, ownerKey, { ...headers, ...place });
    await recorded(requestID);
  }
  const { page, check } = await openPage(browser, "sessions/console-session-tree", { bypassCSP: true });
  await signIn(page);
  await page.getByRole("tab", { name: "Tree" }).click();
  const item = (name) => page.getByRole("treeitem", { name });
  await item("look up").waitFor();
  const levels = await page.getByRole("treeitem").evaluateAll((all) => all.map((x) => x.ariaLevel));
  assert.deepEqual(levels, ["1", "2", "3"]);
  assert.match(await item("plan the trip").textContent(), /Calls 2/);
  await item("plan the trip").focus();
  for (const [key, focused, shown] of [
    ["ArrowRight", "ask", 3],
    ["ArrowDown", "look up", 3],
    ["ArrowLeft", "ask", 3],
    ["ArrowLeft", "ask", 2],
    ["Home", "plan the trip", 2],
    [" ", "plan the trip", 1],
    ["ArrowRight", "plan the trip", 2],
    ["End", "ask", 2],
  ]) {
    await page.keyboard.press(key);
    await page.waitForFunction((n) => document.querySelectorAll("[role=treeitem]").length === n, shown);
    assert.match(await page.locator("[role=treeitem]:focus").textContent(), new RegExp(focused), key);
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa"] }));
  assert.deepEqual(
    violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3)}`),
    [],
  );
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/requests\//);
  await check();
});

test("a session that is not there", async () => {
  const { page } = await openPage(browser, "sessions/no-such-session");
  await signIn(page);
  await page.getByText("There is no session of this id").waitFor();
  await page.context().close();
});

test("counts narrow the list, and a view keeps its filters", async () => {
  const { page, check } = await openPage(browser, "requests");
  await signIn(page);
  await page
    .locator(".facets")
    .getByRole("button", { name: /mock\/echo/ })
    .click();
  await page.waitForFunction(() => new URL(location.href).searchParams.get("model") === "mock/echo");
  await page.getByRole("button", { name: "Save this view" }).click();
  await page.getByLabel("Name").fill("console-echo");
  await page.getByRole("dialog").getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Without Model: mock/echo" }).click();
  await page.waitForFunction(() => !new URL(location.href).searchParams.has("model"));
  await page.getByLabel("Period").selectOption("24h");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.waitForFunction(() => !new URL(location.href).searchParams.has("since"));
  await page.reload();
  await page.getByLabel("Saved views").selectOption({ label: "console-echo" });
  await page.waitForFunction(() => new URL(location.href).searchParams.get("model") === "mock/echo");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("option", { name: "console-echo" }).waitFor({ state: "detached" });
  await check();
});
