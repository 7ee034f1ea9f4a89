import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, openPage, ownerKey, server, signIn } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("from the owner's key to a call and its trace", async () => {
  const { page, check } = await openPage(browser, "start");
  await signIn(page);
  await page.getByRole("button", { name: "Send a call" }).click();
  await page.getByRole("link", { name: "Look at its trace" }).click();
  await page.getByRole("tab", { name: "Stages" }).click();
  await page.getByText("router").waitFor();
  await page.getByRole("tab", { name: "Messages" }).click();
  assert.ok((await page.getByText("Hello").count()) >= 2, "the question and the answer");
  await check();
});

test("a wrong key is refused with the server's own words, and keeps no session", async () => {
  const { page } = await openPage(browser, "keys");
  await page.getByLabel("API key").fill("sk-sl-wrong");
  await page.locator("form button[type=submit]").click();
  const note = await page.getByRole("alert").textContent();
  assert.match(note, /API key/i);
  assert.deepEqual(await page.context().cookies(), []);
  await page.context().close();
});

test("the session's cookie is for no script, and a change without its token is refused", async () => {
  const { page, check } = await openPage(browser, "keys");
  await signIn(page);
  const [cookie] = await page.context().cookies();
  assert.ok(cookie.httpOnly && cookie.sameSite === "Strict", JSON.stringify(cookie));
  const status = await page.evaluate(
    async (url) =>
      (await fetch(url, { method: "POST", body: "{}", headers: { "content-type": "application/json" } })).status,
    `${server}/v1/api-keys`,
  );
  assert.equal(status, 403);
  await page.reload();
  await page.getByRole("heading", { name: "API keys" }).waitFor();
  assert.equal(await page.content().then((html) => html.includes(ownerKey)), false);
  await page.context().close();
  await assert.rejects(check); // the refused change is an error in the browser's console
});

test("an ended session comes back to where one was", async () => {
  const { page } = await openPage(browser, "audit");
  await signIn(page);
  await page.getByRole("heading", { name: "Audit" }).waitFor();
  await page.context().clearCookies();
  await page.goto(`${server}/console/configs`);
  await page.getByText("Your session has ended").waitFor();
  await signIn(page);
  await page.getByRole("heading", { name: "Configs" }).waitFor();
  await page.context().close();
});
