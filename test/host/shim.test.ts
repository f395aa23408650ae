// The contract on the shim's host, in a binary made of the shim's sources.
import { hostContract } from './contract.ts';
import { operateShim } from './port-binary.ts';

hostContract('the shim', (folder) => (operations, env) => operateShim(folder, operations, { env }));
