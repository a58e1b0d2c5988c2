import { defineConfig } from '@playwright/test';
import { requireBrowser } from './.ci/browser.mjs';

const port = Number(process.env.E2E_PORT ?? 4317);
const origin = `http://127.0.0.1:${port}`;

/** The same page served without cross-origin isolation, for the journeys that go without it. */
process.env.NO_ISOLATION_URL ??= `http://127.0.0.1:${port + 1}`;

const preview = (at: number): string =>
  `node node_modules/vite/bin/vite.js preview --port ${at} --strictPort`;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  forbidOnly: !!process.env.CI,
  workers: 1,
  // Journeys meet every kind of scheduling on a shared machine; a real fault fails twice.
  retries: process.env.CI ? 1 : 0,
  timeout: 90_000,
  globalTimeout: 40 * 60_000,
  expect: { timeout: 20_000 },
  reporter: [['list'], ['json', { outputFile: 'reports/playwright.json' }]],
  use: {
    baseURL: origin,
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: requireBrowser(),
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: [
    { command: preview(port), url: origin, reuseExistingServer: false },
    {
      command: preview(port + 1),
      url: process.env.NO_ISOLATION_URL,
      env: { NO_ISOLATION: '1' },
      reuseExistingServer: false,
    },
  ],
});
