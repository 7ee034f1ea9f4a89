// Takes the pictures that README and docs show, of a server with the traffic of sluice demo:
// node screenshots.mjs FOLDER.
import { join } from "node:path";
import { api, launch, openPage, signIn } from "./browser.mjs";

const folder = process.argv[2];

/** A call that was tried again at another provider, with a value redacted, and whose body changed on the way: it shows most. */
async function telling() {
  const { data } = await api("GET", "/v1/logs?limit=1000&since=168h&config=support");
  const changed = data.filter(
    (r) =>
      r.status === 200 && r.attempts.length > 0 && (r.provider === "anthropic" || r.attempts.at(-1).model !== r.model),
  );
  const row = changed.find((r) => r.attempts.length > 1 && r.redacted) ?? changed.find((r) => r.attempts.length > 1);
  return (row ?? changed[0]).id;
}

const id = await telling();
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
  await page.getByRole("tab", { name: "Raw" }).click();
  await page.getByRole("button", { name: "What changed on the way" }).click();
  await page.locator(".cm-editor").waitFor();
  await take("difference");
  await page.getByRole("link", { name: "Usage and spend" }).click();
  await page.getByLabel("By", { exact: true }).selectOption("member");
  await page.getByLabel("Period").selectOption("24h");
  await page.locator("tbody tr").first().waitFor();
  await page.locator(".plot canvas").waitFor();
  await take("usage");
  await page.context().close();
}
await browser.close();
