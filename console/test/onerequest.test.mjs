import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, openPage, ownerKey, recorded, signIn, write } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("one request: what the provider got, what was hidden from it, its price, and a judgement", async () => {
  const { requestID } = await api("POST", "/v1/chat/completions", {
    config: { redact: ["email"], override_params: { temperature: 0.25 } },
    model: "mock/echo",
    messages: [{ role: "user", content: "write to ada@example.com" }],
  });
  await recorded(requestID);
  const { page, check } = await openPage(browser, `requests/${requestID}`);
  await signIn(page);
  await page.getByRole("heading", { name: "How the cost came about" }).waitFor();
  await page.getByRole("cell", { name: "input", exact: true }).waitFor();
  await page.getByRole("tab", { name: "Raw" }).click();
  await page.getByRole("heading", { name: "What the provider got" }).waitFor();
  await page.getByRole("button", { name: "What changed on the way" }).click();
  await page.locator(".cm-changedLine, .cm-insertedLine", { hasText: "temperature" }).first().waitFor();
  await page.getByRole("tab", { name: "Redaction" }).click();
  await page.locator("mark", { hasText: "[EMAIL_1]" }).first().waitFor();
  assert.equal((await page.content()).includes("ada@example.com"), false);
  await page.getByRole("tab", { name: "Feedback" }).click();
  await page.getByLabel("Comment").fill("to the point");
  await page.getByRole("button", { name: "Good answer" }).click();
  await page.getByText("comment=to the point").waitFor();
  await check();
});

test("new requests appear by themselves, wait while the list is halted, and appear when it goes on", async () => {
  const ask = (content) =>
    api("POST", "/v1/chat/completions", { model: "mock/echo", messages: [{ role: "user", content }] }, ownerKey, {
      "x-sluice-metadata": '{"tail":"yes"}',
    });
  const { page, check } = await openPage(browser, "requests?live=on&metadata=tail%3Dyes");
  await signIn(page);
  await page.getByText("Live: new requests appear").waitFor();
  await ask("first");
  await page.getByText("1 shown").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await ask("second");
  await page.getByText("Paused: 1 waiting").waitFor();
  await page.getByText("1 shown").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByText("2 shown").waitFor();
  await check();
});

test("a config as YAML, checked by the schema", async () => {
  await api("POST", "/v1/configs", { slug: "console-yaml", config: { retry: 1 } }, ownerKey);
  const { page, check } = await openPage(browser, "configs/console-yaml");
  await signIn(page);
  await page.getByRole("button", { name: "Edit as YAML" }).click();
  await write(page, "Config as YAML", "strategy:\n  mode: random\n");
  await page.locator(".cm-lintRange-warning").first().waitFor();
  await write(page, "Config as YAML", "retry: 2\nrequest_timeout: 9000\n");
  await page.getByRole("button", { name: "Save as the next version" }).click();
  await page.getByRole("button", { name: "What it changed: Version 2" }).waitFor();
  assert.deepEqual((await api("GET", "/v1/configs/console-yaml")).config, { retry: 2, request_timeout: 9000 });
  await check();
});
