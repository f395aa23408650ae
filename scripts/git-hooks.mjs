// Points git at the project's own hooks; a tarball without a checkout has none to point.
import { spawnSync } from 'node:child_process';

spawnSync('git', ['config', 'core.hooksPath', '.githooks'], { stdio: 'ignore' });
