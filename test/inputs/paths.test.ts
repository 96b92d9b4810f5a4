import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemDisk } from '../../src/base/disk.ts';
import { tryOutputFolder } from '../../src/inputs/paths.ts';

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'paths-test-'));
});
afterEach(() => rmSync(workspace, { recursive: true }));

const tryFolder = (path: string) => tryOutputFolder(systemDisk, workspace, join(workspace, path), path);
const all = () => readdirSync(workspace, { recursive: true }).map(String).sort();

describe('a folder that is only tried', () => {
  test('is gone again, with those above it that were not there', async () => {
    mkdirSync(join(workspace, 'a'));
    await tryFolder('a/b/c');
    await tryFolder('d');
    await tryFolder('.');
    expect(all()).toEqual(['a']);
  });

  test('stays where it was there, empty or not', async () => {
    mkdirSync(join(workspace, 'empty'));
    mkdirSync(join(workspace, 'full'));
    writeFileSync(join(workspace, 'full/a.png'), 'a');
    await tryFolder('empty');
    await tryFolder('full');
    expect(all()).toEqual(['empty', 'full', 'full/a.png']);
  });

  test('leaves nothing where it cannot be made', async () => {
    await expect(tryFolder(`a/b/${'c'.repeat(300)}`)).rejects.toThrow('a longer name than the file system takes');
    expect(all()).toEqual([]);
  });
});
