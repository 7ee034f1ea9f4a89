import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, openPage, server, signIn } from "./browser.mjs";

const hostile = `<img src=x onerror="document.title='owned'"> [link](javascript:alert(1)) \u001b[31mred\u202e`;

let browser;
let recorded;
let hostileID;
before(async () => {
  browser = await launch();
  const ask = (content) =>
    api("POST", "/v1/chat/completions", { model: "mock/echo", messages: [{ role: "user", content }] });
  hostileID = (await ask(hostile)).requestID;
  for (let i = 0; i < 60; i++) {
    await ask(`question ${i}`);
  }
  for (let tries = 0; ; tries++) {
    recorded = (await api("GET", "/v1/logs?limit=100")).data;
    if (recorded.length >= 61) {
      return;
    }
    assert.ok(tries < 100, "the calls were not recorded");
    await new Promise((done) => setTimeout(done, 100));
  }
});
after(() => browser?.close());

test("the list scrolls past its first page, and keys open requests beside it", async () => {
  const { page, check } = await openPage(browser, "requests");
  await signIn(page);
  await page.getByText("50 shown").waitFor();
  await page.locator(".scroll").evaluate((frame) => frame.scrollTo(0, frame.scrollHeight));
  await page.getByText(/(6\d|\d{3}) shown/).waitFor();
  await page.locator(".scroll").evaluate((frame) => frame.scrollTo(0, 0));
  await page.getByRole("heading", { name: "Requests" }).click();
  await page.keyboard.press("j");
  await page.locator("aside article").waitFor();
  const first = new URL(page.url()).searchParams.get("open");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction((id) => new URL(location.href).searchParams.get("open") !== id, first);
  await page.keyboard.press("k");
  await page.waitForFunction((id) => new URL(location.href).searchParams.get("open") === id, first);
  await page.keyboard.press("Escape");
  await page.locator("aside").waitFor({ state: "detached" });
  await check();
});

test("filters stand in the address, and an id is found whatever they say", async () => {
  const { page, check } = await openPage(browser, "requests?status=5xx&nonsense=1&since=yesterday");
  await signIn(page);
  await page.getByText("nonsense, since").waitFor();
  await page.getByText("No request matches").waitFor();
  await page.getByLabel("Request id or trace id").fill(recorded[3].id);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: recorded[3].id }).waitFor();
  await page.keyboard.press("Control+k");
  await page.getByLabel("A screen, a request id or a trace id").fill("virt");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Virtual keys" }).waitFor();
  await check();
});

test("logged text is shown and never obeyed", async () => {
  const { page, check } = await openPage(browser, `requests/${hostileID}`);
  await signIn(page);
  await page.getByRole("tab", { name: "Messages" }).click();
  const text = await page.locator(".turns").textContent();
  assert.ok(text.includes("<img src=x") && text.includes("\\u001b[31mred\\u202e"), text);
  assert.equal(await page.locator(".turns img, .turns a").count(), 0);
  assert.equal(await page.title(), "Sluice");
  await check();
});

test("a recorded chat is sent again from the playground", async () => {
  const row = recorded.find((r) => r.id !== hostileID);
  const { page, check } = await openPage(browser, `requests/${row.id}`);
  await signIn(page);
  await page.getByRole("link", { name: "Open in the playground" }).click();
  const message = page.getByLabel("Message", { exact: true });
  await message.waitFor();
  assert.match(await message.inputValue(), /^question \d+$/);
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("section", { hasText: "question" }).getByRole("heading", { name: "Answer" }).waitFor();
  await check();
});

test("an id that is not there, and an address that is not there", async () => {
  const { page } = await openPage(browser, "requests/01ARZ3NDEKTSV4RRFFQ69G5FAV");
  await signIn(page);
  await page.getByText("No request or trace has this id").waitFor();
  await page.goto(`${server}/console/nowhere/at/all`);
  await page.getByText("There is no page at this address").waitFor();
  await page.context().close();
});
