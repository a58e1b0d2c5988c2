/** Sums the reports of Vitest and Playwright into one line: `N passed, N failed`. */
import { existsSync, readFileSync } from 'node:fs';

const report = (/** @type {string} */ name) => {
  const url = new URL(`../reports/${name}.json`, import.meta.url);
  return existsSync(url) ? JSON.parse(readFileSync(url, 'utf8')) : undefined;
};

let passed = 0;
let failed = 0;

const vitest = report('vitest');
if (vitest) {
  passed += vitest.numPassedTests;
  failed += vitest.numFailedTests;
  // A file that does not load has no tests to fail.
  for (const { status, assertionResults } of vitest.testResults) {
    if (status === 'failed' && assertionResults.length === 0) failed++;
  }
}

const playwright = report('playwright');
if (playwright) {
  // As with Vitest's retries: what passes the second time has passed.
  passed += playwright.stats.expected + playwright.stats.flaky;
  failed += playwright.stats.unexpected;
  if (playwright.stats.unexpected === 0) failed += playwright.errors.length;
}

console.log(`${passed} passed, ${failed} failed`);
