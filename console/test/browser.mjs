// The rig of the console's tests: a browser, and pages that fail the test by what a reader must
// never see: an error in the console, a failed request, a request to another origin.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const server = process.env.SLUICE_URL;
export const ownerKey = process.env.SLUICE_API_KEY;

/** Waiting is bounded for machines that are busy with other tests. */
const patience = 30_000;

export async function launch() {
  return chromium.launch({
    executablePath: process.env.SLUICE_TEST_CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** openPage opens a page of its own session at a path of the console. `check` asserts that nothing went wrong on it. */
export async function openPage(browser, path, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const wrong = [];
  page.on("console", (m) => m.type() === "error" && wrong.push(`console: ${m.text()}`));
  page.on("pageerror", (e) => wrong.push(`page: ${e.message}`));
  page.on(
    "request",
    (r) => new URL(r.url()).origin === new URL(server).origin || wrong.push(`another origin: ${r.url()}`),
  );
  await page.goto(`${server}/console/${path}`);
  return {
    page,
    check: async () => {
      assert.deepEqual(wrong, []);
      await context.close();
    },
  };
}

export async function signIn(page, key = ownerKey) {
  await page.getByLabel(/^(API key|API 密钥)/).fill(key);
  await page.locator("form button[type=submit]").click();
  await page.getByRole("navigation").waitFor();
}

/** write replaces the text of the editor with this label. */
export async function write(page, label, text) {
  const editor = page.getByLabel(label);
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
  assert.equal((await editor.textContent()).replaceAll(/\s/g, ""), text.replaceAll(/\s/g, ""));
}

/** api calls the server as a program would; the answer has the id of its request as `requestID`. */
export async function api(method, path, body, key = ownerKey, more = {}) {
  const response = await fetch(`${server}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...more },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer = await response.json();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return { ...answer, requestID: response.headers.get("x-request-id") };
}

/** recorded waits until a request stands in the logs. */
export async function recorded(id) {
  for (let tries = 0; tries < 300; tries++) {
    const response = await fetch(`${server}/v1/logs/${id}`, { headers: { authorization: `Bearer ${ownerKey}` } });
    if (response.ok) {
      return (await response.json()).data[0];
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail(`${id} was not recorded`);
}
