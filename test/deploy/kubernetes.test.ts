// The manifests: they are of one mind with each other, and their commands are cdictl's.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseAnnotations } from '../../src/cdi/annotations.ts';
import { memoryHost } from '../../src/host/memory.ts';
import { failed, malformed } from '../../src/host/host.ts';
import type { YamlTree } from '../../src/text/yaml-tree.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { GLOBAL_OPTIONS } from '../../src/cli/arguments.ts';

const FOLDER = resolve(import.meta.dirname, '../../deploy/kubernetes');
