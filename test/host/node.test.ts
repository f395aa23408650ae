// The contract on Node's host.
import { createNodeHost } from '../../src/host/node.ts';
import { hostContract } from './contract.ts';
import { runOperations } from './operations.ts';

hostContract('nodeHost', () => (operations, environment) => {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  try {
    // Through JSON, as the shim's results come.
    return JSON.parse(JSON.stringify(runOperations(createNodeHost(), operations)));
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});
