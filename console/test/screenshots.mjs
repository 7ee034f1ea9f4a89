// Takes the pictures that README and docs show, of a server with made-up traffic of the built-in
// provider: node screenshots.mjs FOLDER.
import { join } from "node:path";
import { api, launch, openPage, signIn } from "./browser.mjs";

const folder = process.argv[2];
const people = ["ada", "grace", "linus", "barbara"];
const questions = [
  "Where is my parcel 4711?",
  "Please write to ada@example.com that the delivery is late.",
  "Sum up the complaint in one sentence.",
  "Translate “the parcel is on its way” into French.",
];

const tour = {
  strategy: { mode: "fallback" },
  targets: [
    { provider: "mock", override_params: { model: "fail-503" } },
    { provider: "mock", override_params: { model: "echo" } },
  ],
  redact: ["email"],
  cache: "semantic",
};

async function fill() {
  await api("POST", "/v1/configs", { slug: "support", config: tour });
  const keys = [];
  for (const name of people) {
    keys.push((await api("POST", "/v1/api-keys", { name, role: "member", budget_usd: 5 })).key);
  }
  await api("POST", "/v1/policies/usage-limits", {
    name: "research",
    credit_limit: 500,
    period: "month",
    time_zone: "Europe/Berlin",
  });
  let last = "";
  for (let i = 0; i < 48; i++) {
    const body = { messages: [{ role: "user", content: questions[i % questions.length] }] };
    Object.assign(body, i % 3 === 0 ? { config: "support" } : { model: i % 7 === 0 ? "mock/fail-429" : "mock/echo" });
    try {
      const answer = await api("POST", "/v1/chat/completions", body, keys[i % keys.length]);
      last = body.config && i % questions.length === 1 ? answer.requestID : last;
    } catch {
      // mock/fail-429 fails as asked
    }
  }
  return last;
}

const id = await fill();
await new Promise((done) => setTimeout(done, 1500)); // rows are written within a second
const browser = await launch();
for (const colorScheme of ["light", "dark"]) {
  const { page } = await openPage(browser, "requests", { colorScheme, viewport: { width: 1280, height: 800 } });
  await signIn(page);
  const take = async (name) => {
    await page.waitForLoadState("networkidle");
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  };
  await page.locator("tbody tr").first().waitFor();
  await take("requests");
  await page.getByLabel("Request id or trace id").fill(id);
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: "Stages" }).click();
  await take("request");
  await page.getByRole("link", { name: "Usage and spend" }).click();
  await page.getByLabel("By", { exact: true }).selectOption("member");
  await page.getByRole("cell", { name: "ada" }).waitFor();
  await take("usage");
  await page.context().close();
}
await browser.close();
