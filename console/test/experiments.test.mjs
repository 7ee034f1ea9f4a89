import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, openPage, recorded, server, signIn } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("an experiment: what its variants do, other weights, and one of them for everybody", async () => {
  await api("POST", "/v1/prompts", {
    slug: "console-compared",
    body: {
      model: "mock/echo",
      prompt: "{{q}}",
      by: "metadata.customer",
      variants: [{ name: "control" }, { name: "short", prompt: "In short: {{q}}" }],
    },
  });
  const chosen = new Set();
  for (let i = 0; i < 100 && (i < 6 || chosen.size < 2); i++) {
    const { requestID } = await api(
      "POST",
      "/v1/prompts/console-compared/completions",
      { variables: { q: "why" } },
      undefined,
      {
        "x-portkey-metadata": JSON.stringify({ customer: `c${i}` }),
      },
    );
    const row = await recorded(requestID);
    chosen.add(row.prompt.variant);
    await api("POST", "/v1/feedback", { trace_id: row.trace_id, value: row.prompt.variant === "short" ? 8 : 2 });
  }
  assert.deepEqual([...chosen].sort(), ["control", "short"]);

  const { page, check } = await openPage(browser, "experiments");
  await signIn(page);
  await page.getByRole("link", { name: "console-compared" }).click();
  await page.getByRole("heading", { name: "short compared with control" }).waitFor();
  await page.getByText("Feedback: too few observations to compare with control.").waitFor();
  assert.match(await page.getByRole("row", { name: /short/ }).textContent(), /50 %/);
  await page.getByRole("button", { name: "Change weights" }).click();
  await page.getByLabel("Weight of short").fill("3");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("cell", { name: "75 %" }).waitFor();
  await page.getByRole("link", { name: "short", exact: true }).click();
  await page.getByRole("heading", { name: "Requests" }).waitFor();
  await page.waitForFunction(() => new URL(location.href).searchParams.get("variant") === "short");
  await page.getByText(/^\d+ shown/).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Give to everybody: short" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End the experiment" }).click();
  await page.getByText("ended", { exact: true }).waitFor();
  const { body } = await api("GET", "/v1/prompts/console-compared");
  assert.deepEqual(body, { model: "mock/echo", prompt: "In short: {{q}}" });
  await check();
});

test("requests of several kinds are listed together, and exported to a file", async () => {
  const { requestID } = await api("POST", "/v1/chat/completions", {
    model: "mock/echo",
    messages: [{ role: "user", content: "for the file" }],
  });
  await recorded(requestID);
  const { page, check } = await openPage(browser, "requests?status=4xx");
  await signIn(page);
  await page.getByText("4xx", { exact: true }).first().click();
  await page.getByRole("checkbox", { name: "2xx" }).check();
  await page.waitForFunction(() => new URL(location.href).searchParams.get("status") === "4xx,2xx");
  await page.getByText(/^\d+ shown/).waitFor();
  await page.getByLabel("Period").selectOption({ label: "last 1 h" });
  await page
    .locator("dl.figures div", { hasText: "Calls" })
    .getByText(/^the period before/)
    .waitFor();
  await page.getByRole("link", { name: "Export these" }).click();
  await page.getByLabel("What it is for").fill("console-file");
  await page.getByLabel("Format").selectOption("csv");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const row = page.getByRole("row", { name: /console-file/ });
  await row.getByText("done", { exact: true }).waitFor();
  assert.match(await row.textContent(), /status=.*4xx.*2xx/);
  const link = await row.getByRole("link", { name: "Download: console-file" }).getAttribute("href");
  const text = await page.evaluate(async (url) => (await fetch(url)).text(), link);
  assert.ok(text.includes(requestID), text.slice(0, 500));
  assert.ok(link.startsWith(server));
  await page.getByRole("button", { name: "Delete: console-file" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
  await check();
});

test("words in texts narrow the list, its counts and the sessions", async () => {
  const word = `zebra${Date.now()}`;
  const { requestID } = await api(
    "POST",
    "/v1/chat/completions",
    { model: "mock/echo", messages: [{ role: "user", content: word }] },
    undefined,
    { "x-sluice-session-id": `session-of-${word}` },
  );
  await recorded(requestID);
  const { page, check } = await openPage(browser, "requests");
  await signIn(page);
  await page.getByLabel("Words in texts").fill(word);
  await page.keyboard.press("Enter");
  await page.getByText("1 shown").waitFor();
  await page.getByText(/^The texts of .+ requests were compared/).waitFor();
  await page.getByRole("button", { name: "200 1", exact: true }).waitFor();
  await page.getByRole("link", { name: "Sessions" }).click();
  await page.getByLabel("Words in texts").fill(word);
  await page.keyboard.press("Enter");
  await page.getByRole("cell", { name: `session-of-${word}`.slice(0, 36) }).waitFor();
  assert.equal(await page.locator("tbody tr").count(), 1);
  await check();
});
