// Scripts are TypeScript, which Node runs by itself from 22.18 on; `npm ci` brings that Node.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `cannot run the project's scripts: Node ${process.versions.node} is too old for them; run npm ci, which brings Node 24, and call them by npm run`,
  );
  process.exit(1);
}
