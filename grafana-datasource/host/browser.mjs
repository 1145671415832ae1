// Headless Chromium, driven by playwright-core.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].filter(Boolean);

/** Why there is no browser, or undefined. */
export function missingForBrowser() {
  return PLACES.some((file) => existsSync(file)) ? undefined : `no Chromium at ${PLACES.join(', ')}; CHROMIUM=... names another place`;
}

export function launch() {
  return chromium.launch({
    executablePath: PLACES.find((file) => existsSync(file)),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
