import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { launch, openPage, ownerKey, signIn } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screens = [
  "requests",
  "sessions",
  "exports",
  "usage",
  "budgets",
  "limits",
  "prices",
  "alerts",
  "playground",
  "keys",
  "virtual-keys",
  "members",
  "teams",
  "configs",
  "prompts",
  "experiments",
  "guardrails",
  "cache",
  "server",
  "audit",
  "setup",
  "start",
  "account",
];
const headings = { en: "Requests", zh: "请求" };

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const [language, locale] of [
  ["en", "en-GB"],
  ["zh", "zh-CN"],
]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`every screen can be read: ${language}, ${colorScheme}`, async () => {
      const { page, check } = await openPage(browser, "requests", { locale, colorScheme, bypassCSP: true });
      await signIn(page);
      await page.getByRole("heading", { name: headings[language], exact: true }).waitFor();
      for (const screen of screens) {
        await page.locator(`nav a[href$="/${screen}"]`).click();
        await page.locator("h1").waitFor();
        await page.waitForLoadState("networkidle");
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa"] }));
        const serious = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
        assert.deepEqual(
          serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3)}`),
          [],
          screen,
        );
      }
      assert.equal(await page.locator("html").getAttribute("lang"), language);
      await check();
    });
  }
}

test("on a phone the menu opens, and nothing is wider than the screen", async () => {
  const { page, check } = await openPage(browser, "requests", { viewport: { width: 390, height: 800 } });
  await signInOnPhone(page);
  for (const name of ["API keys", "Requests"]) {
    await page.getByRole("button", { name: "Menu" }).click();
    const group = page.locator("nav details", { hasText: name });
    if ((await group.getAttribute("open")) === null) {
      await group.locator("summary").click();
    }
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name, exact: true }).waitFor();
    const [width, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(width <= inner, `${name}: ${width} of ${inner} pixels`);
  }
  await check();
});

/** On a phone the menu is closed after the sign-in. */
async function signInOnPhone(page) {
  await page.getByLabel("API key").fill(ownerKey);
  await page.locator("form button[type=submit]").click();
  await page.getByRole("button", { name: "Menu" }).waitFor();
}
