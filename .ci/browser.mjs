/**
 * Finds a Chromium for the browser tests; run as a script, installs one where there is none.
 * Order: `CHROMIUM_PATH`, names on PATH, usual places, Playwright's own download.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'microsoft-edge',
];

/** Usual places outside PATH. */
function usualPlaces() {
  const { env, platform } = process;
  if (platform === 'darwin') {
    const home = env.HOME ?? '';
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].flatMap((name) =>
      ['/Applications', `${home}/Applications`].map(
        (root) => `${root}/${name}.app/Contents/MacOS/${name}`,
      ),
    );
  }
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA];
    return roots.flatMap((root) =>
      ['Google\\Chrome', 'Chromium', 'Microsoft\\Edge'].map((name) =>
        join(
          root ?? 'C:\\',
          name,
          'Application',
          name.endsWith('Edge') ? 'msedge.exe' : 'chrome.exe',
        ),
      ),
    );
  }
  return ['/usr/lib/chromium/chromium', '/opt/google/chrome/chrome', '/snap/bin/chromium'];
}

/** Whether the program starts at all: a download without its system libraries does not. */
function starts(/** @type {string} */ path) {
  // On Windows `--version` would open a window instead.
  if (process.platform === 'win32') return true;
  return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** Path of the first Chromium that starts, or undefined. */
export function findBrowser() {
  const given = process.env.CHROMIUM_PATH;
  if (given) return existsSync(given) ? given : undefined;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(Boolean)
    .flatMap((folder) => NAMES.map((name) => join(folder, name + suffix)));
  return [...onPath, ...usualPlaces(), chromium.executablePath()].find(
    (path) => existsSync(path) && starts(path),
  );
}

/** Path of a Chromium; throws where there is none. */
export function requireBrowser() {
  const path = findBrowser();
  if (!path)
    throw new Error('No Chromium found. Run `node .ci/browser.mjs`, or set CHROMIUM_PATH.');
  // Every worker of the test runner asks again; let it have the same answer at once.
  process.env.CHROMIUM_PATH = path;
  return path;
}

/** Whether this is Debian or a relative of it, and we may install packages. */
function isAptRoot() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  return existsSync('/etc/os-release') && /debian/i.test(readFileSync('/etc/os-release', 'utf8'));
}

/** @type {(command: string, args: string[], timeout: number) => boolean} */
function run(command, args, timeout) {
  console.log(`> ${command} ${args.join(' ')}`);
  return (
    spawnSync(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout,
      shell: process.platform === 'win32',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status === 0
  );
}

const installers = [
  () => run('npx', ['playwright', 'install', 'chromium'], 180_000),
  () =>
    isAptRoot() &&
    run('apt-get', ['update'], 180_000) &&
    run(
      'apt-get',
      ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'],
      600_000,
    ),
];

/** @param {boolean} aptFirst whether to ask the system's package manager before Playwright */
function install(aptFirst) {
  for (const attempt of aptFirst ? installers.reverse() : installers) {
    attempt();
    const path = findBrowser();
    if (path) return path;
  }
  return undefined;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const path =
    findBrowser() ??
    (process.env.CHROMIUM_PATH ? undefined : install(process.argv.includes('--apt')));
  if (path) {
    console.log(`Chromium: ${path}`);
  } else if (process.env.CHROMIUM_PATH) {
    console.error(`CHROMIUM_PATH is set to ${process.env.CHROMIUM_PATH}, which does not exist.`);
    process.exitCode = 1;
  } else {
    console.error(
      [
        'The browser tests need Chromium or Chrome, and none was found.',
        '  Debian, Ubuntu:  sudo apt-get install chromium',
        '  macOS:           brew install --cask chromium',
        '  Windows:         winget install Google.Chrome',
        'or set CHROMIUM_PATH to the program.',
      ].join('\n'),
    );
    process.exitCode = 1;
  }
}
