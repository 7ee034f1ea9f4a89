import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, openPage, ownerKey, signIn } from "./browser.mjs";

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
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.waitForFunction(() => !new URL(location.href).searchParams.has("model"));
  await page.reload();
  await page.getByLabel("Saved views").selectOption({ label: "console-echo" });
  await page.waitForFunction(() => new URL(location.href).searchParams.get("model") === "mock/echo");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("option", { name: "console-echo" }).waitFor({ state: "detached" });
  await check();
});
