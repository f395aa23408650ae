import { mkdtempSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { operateShim } from './port-binary.ts';
import { runOperations } from './operations.ts';
import { nodeHost } from '../../src/host/node.ts';
import { test } from 'node:test';
const folder = mkdtempSync('/tmp/w/d-');
const host = nodeHost();
const seed0 = Number(process.env.SEED ?? 1); let s = seed0 >>> 0;
const rnd = (n: number) => { s ^= s << 13; s >>>= 0; s ^= s >>> 17; s ^= s << 5; s >>>= 0; return s % n; };
const cases = [...JSON.parse(readFileSync('/work/shared/corpus/yaml.json','utf8')).cases.map((c: any) => c.input.text),
 ...JSON.parse(readFileSync('/work/shared/corpus/spec.json','utf8')).cases.flatMap((c: any) => Object.values(c.files ?? {}).map((f: any) => typeof f === 'string' ? f : f.text ?? (f.base64 !== undefined ? Buffer.from(f.base64, 'base64') : '')))];
const bits = ['a','b',' ','  ','\n','\n','\n  ','\n    ',': ',':','- ','-','? ','?','[',']','{','}',',',', ','"',"'",'\\','\\"',"''",'#',' #','&a','*a','!','!!','!x','!!str ','|','>','|-\n','>+\n','|2\n','%','%YAML 1.1\n','%TAG ! x:\n','---','---\n','...\n','\t','\r\n','\r','\u0085','\u2028','\ufeff','<<: ','\u{1F600}','ä','\\n','\\x41','\\u0041','\\/','@','`','~','null','0','a: b\n','- a\n','- - b\n','x:\n- y\n','[a, b]','{a: b}','{"a":1}','"q":','? k\n: v\n', '!<t>', '%41', '\\\n', '\0', '.', '='];
function mutate(t: string): string { const n = 1 + rnd(4); for (let i = 0; i < n; i++) { const p = rnd(t.length + 1); const k = rnd(4); if (k === 0) t = t.slice(0, p) + t.slice(p + 1 + rnd(4)); else if (k === 1) { const q = rnd(t.length + 1); t = t.slice(0, p) + t.slice(q, q + rnd(20)) + t.slice(p); } else t = t.slice(0, p) + bits[rnd(bits.length)] + t.slice(p); } return t; }
function gen(): string { const n = 1 + rnd(25); let t = ''; for (let i = 0; i < n; i++) t += bits[rnd(bits.length)]; return t; }
const rounds = Number(process.env.N ?? 20);
test('diff', () => {
 let bad = 0, total = 0, ok = 0;
 for (let r = 0; r < rounds && bad < 15; r++) {
  const texts: (string|Buffer)[] = [];
  if (r === 0) texts.push(...cases); else for (let i = 0; i < 400; i++) { if (i % 2) texts.push(gen()); else { let b = cases[rnd(cases.length)]; if (typeof b !== 'string') b = b.toString('utf8'); if (b.length > 20000) b = 'a'; texts.push(mutate(b)); } }
  for (let i = 0; i < texts.length; i += 100) {
   const part = texts.slice(i, i + 100);
   const ops: any[] = []; part.forEach((t, k) => { const f = join(folder, `f${k}`); writeFileSync(f, t); ops.push(['readFile', f, 1 << 24], ['parseYaml', `$${2*k}`]); });
   const c = operateShim(folder, ops); const n = runOperations(host, ops).map((x) => JSON.parse(JSON.stringify(x)));
   part.forEach((t, k) => { total++; const A = JSON.stringify(c[2*k+1]), B = JSON.stringify(n[2*k+1]); if (A.includes('codes')) ok++; if (A !== B && bad++ < 15) console.log(JSON.stringify(typeof t === 'string' ? t.slice(-300) : t.toString('latin1').slice(0,300)), '\n  C', A.slice(0, 400), '\n  N', B.slice(0, 400)); });
  }
 }
 console.log({ total, ok, bad });
});
