import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, launch, openPage, signIn, write } from "./browser.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("a team: made, given a member, deleted", async () => {
  await api("POST", "/v1/members", { name: "console-grace", role: "member" });
  const { page, check } = await openPage(browser, "teams");
  await signIn(page);
  await page.getByRole("button", { name: "New team" }).click();
  await page.getByLabel("Name").fill("console-team");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByLabel("Add a member to console-team").selectOption({ label: "console-grace" });
  await page.getByRole("button", { name: "Take console-grace out of console-team" }).waitFor();
  const { data } = await api("GET", "/v1/teams");
  assert.deepEqual(
    data.find((t) => t.name === "console-team").members.map((m) => m.name),
    ["console-grace"],
  );
  await page.getByRole("button", { name: "Delete: console-team" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("cell", { name: "console-team", exact: true }).waitFor({ state: "detached" });
  await check();
});

test("a rate limit with conditions and groups; a wrong condition is told before it is sent", async () => {
  const { page, check } = await openPage(browser, "limits");
  await signIn(page);
  await page.getByRole("button", { name: "New rate limit" }).click();
  await page.getByLabel("Name").fill("console-limit");
  await page.getByLabel("At most").fill("1000");
  await page.getByLabel("Concerns").fill("metadata.plan");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("Concerns: metadata.plan").waitFor();
  await page.getByLabel("Concerns").fill("metadata.plan = trial, free; model != claude*");
  await page.getByLabel("For each").fill("member");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("cell", { name: "metadata.plan = trial, free; model ≠ claude*" }).waitFor();
  await page.getByRole("cell", { name: "1,000 rpm" }).waitFor();
  await check();
});

test("an alert target: a private address is refused, and a test tells how it went", async () => {
  const { page } = await openPage(browser, "alerts");
  await signIn(page);
  await page.getByRole("button", { name: "New alert target" }).click();
  await page.getByLabel("Name").fill("console-hook");
  await page.getByLabel("Secret").fill("0123456789abcdef0123456789abcdef");
  await page.getByLabel("URL").fill("http://127.0.0.1:8080/hook");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText(/address is refused|'url'/).waitFor();
  await page.getByLabel("URL").fill("https://no-such-host.example.com/secret-path");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: "Test: console-hook" }).click();
  await page.getByText("console-hook did not take the test alert").waitFor();
  assert.equal((await page.content()).includes("secret-path"), false);
  await page.context().close();
});

test("a price rule, and models without a price", async () => {
  const { page, check } = await openPage(browser, "prices");
  await signIn(page);
  await page.getByRole("button", { name: "New price rule" }).click();
  await page.getByLabel("Name").fill("console-resale");
  await page.getByRole("textbox", { name: "Model" }).fill("gpt-5*");
  await page.getByLabel("Cost times").fill("1.2");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("cell", { name: "× 1.2" }).waitFor();
  await page.getByLabel("Calls of models without a known price").selectOption("allow");
  await page.waitForFunction(async () => {
    const answer = await fetch("../v1/price-settings");
    return (await answer.json()).unpriced_models === "allow";
  });
  await check();
});

test("a wallet: made, paid into, and the ledger adds up", async () => {
  const { page, check } = await openPage(browser, "budgets");
  await signIn(page);
  const { key } = await api("POST", "/v1/api-keys", { name: "console-walleted", role: "member" });
  assert.ok(key);
  await page.getByRole("button", { name: "New wallet" }).click();
  await page.getByLabel("Name").fill("console-wallet");
  await page.getByRole("dialog").getByLabel("API key").fill("console-walleted");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: "Credits: console-wallet" }).click();
  await page.getByLabel("Amount").fill("25");
  await page.getByLabel("Reference").fill("invoice 7");
  await page.getByRole("button", { name: "Pay in" }).click();
  await page.getByRole("cell", { name: "invoice 7" }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByRole("row", { name: /console-wallet \$25\.00/ }).waitFor();
  await page.getByRole("button", { name: "Add up the ledger" }).click();
  await page.getByText("The ledger is sound").waitFor();
  await check();
});

test("a dry run of a config that is not saved: order, reasons and prices", async () => {
  await api("POST", "/v1/configs", { slug: "console-dry", config: { targets: [{ provider: "mock" }] } });
  const { page, check } = await openPage(browser, "configs/console-dry");
  await signIn(page);
  await write(
    page,
    "Config as JSON",
    '{"strategy": {"mode": "fallback", "on_status_codes": [503]}, "targets": [{"provider": "mock"}, {"provider": "mock"}]}',
  );
  await page.getByRole("button", { name: "Ask without calling anyone" }).click();
  await page.getByRole("cell", { name: "after config.targets[0] failed with 503" }).waitFor();
  await page.getByRole("cell", { name: "$0.1 / $0.4" }).first().waitFor();
  assert.equal((await api("GET", "/v1/configs/console-dry")).version, 1);
  await check();
});

test("a text is tried: findings in it, and what a provider would get", async () => {
  const { page, check } = await openPage(browser, "guardrails");
  await signIn(page);
  await page.getByLabel("Text").fill("😀 write to ada@example.com <b>now</b>");
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.locator("mark", { hasText: "ada@example.com" }).waitFor();
  await page.getByText("😀 write to [EMAIL] <b>now</b>").waitFor();
  await check();
});

test("the server tells its settings without secrets", async () => {
  const { page, check } = await openPage(browser, "server");
  await signIn(page);
  await page.getByRole("cell", { name: "telemetry.retention" }).waitFor();
  await page.getByText("Apache-2.0").waitFor();
  await check();
});
