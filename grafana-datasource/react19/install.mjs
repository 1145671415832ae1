// Installs what react19/package-lock.json says, when that is not what is installed.
import { execSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const lock = path.join(import.meta.dirname, 'package-lock.json');
const installed = path.join(import.meta.dirname, 'node_modules/.installed-lock.json');

if (!existsSync(installed) || readFileSync(installed, 'utf8') !== readFileSync(lock, 'utf8')) {
  execSync('npm ci --no-audit --no-fund --loglevel=error', { cwd: import.meta.dirname, stdio: 'inherit' });
  copyFileSync(lock, installed);
}
