// Usage: node page.mjs URL CHROMIUM SCREENSHOT
//
// A visitor in headless Chromium: reads which worker serves the page, asks again on a new
// connection, joins, talks, reloads, and finds back after the worker is killed. Prints what was seen, one "name=value" a line.

import { chromium } from "playwright-core";

const [url, executablePath, screenshot] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 820 } });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));

  await page.goto(url);
  await page.waitForSelector("body[data-connection=live]");
  console.log(`worker=${await page.textContent("#worker")}`);
  console.log(`pid=${await page.textContent("#pid")}`);
  console.log(`address=${await page.textContent("#address")}`);
  console.log(`room=${await page.textContent("#room")}`);

  await page.click("#ask");
  await page.waitForSelector("#asks span");
  console.log(`asked=${await page.textContent("#asks span")}`);

  await page.fill("#name", "Ada");
  await page.click("#join button[type=submit]");
  await page.waitForSelector("#say:not([hidden])");
  await page.fill("#text", "<b>hello</b> from a browser");
  await page.click("#say button[type=submit]");
  await page.waitForSelector(".message.mine p");
  console.log(`message=${await page.textContent(".message.mine p")}`);
  console.log(`people=${await page.textContent("#people .who")}`);
  await page.waitForFunction(() => document.getElementById("transport").textContent === "websocket");
  if (screenshot) await page.screenshot({ path: screenshot });

  await page.reload();
  await page.waitForSelector("body[data-connection=live]");
  console.log(`again=${await page.textContent("#worker")}`);

  const pid = await page.textContent("#pid");
  process.kill(Number(pid), "SIGKILL");
  await page.waitForFunction(
    (before) =>
      document.body.dataset.connection === "live" &&
      document.getElementById("pid").textContent !== before,
    pid
  );
  console.log(`back=${await page.textContent("#worker")}`);

  await page.setViewportSize({ width: 360, height: 740 });
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  console.log(`fits-phone=${!tooWide}`);
  console.log(`faults=${faults.join("; ")}`);
} finally {
  await browser.close();
}
