// Generates the test vectors by running the npm originals:
//   npm install --ignore-scripts && npm run generate
// Keys are written as the hexadecimal digits of their bytes (texts in UTF-8), hashes as unsigned
// decimal numbers. The output is the same in every run.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { SocketAddress } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));

// The originals. The benchmark's int31 is not exported, so it is taken from the installed file.
const stringHash = require('string-hash');
const { Master } = require('sticky-session');
const sessionHash = (bytes, seed) => Master.prototype.hash.call({ seed }, bytes);
const benchmarkFile = join(dirname(require.resolve('sticky-cluster/package.json')), 'benchmark', 'index.js');
const source = /var hash_int31 = (function[\s\S]*?\n    \});/.exec(readFileSync(benchmarkFile, 'utf8'));
if (!source) throw new Error(`no hash_int31 in ${benchmarkFile}`);
const benchmarkHash = vm.runInThisContext(`(${source[1]})`);

// Numbers that look random and are the same in every run (mulberry32).
let state = 20161123;
function random(bound) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % bound;
}
const times = (count, make) => Array.from({ length: count }, (_, i) => make(i));
const ipv4 = () => times(4, () => random(256)).join('.');
const ipv6 = () => times(8, () => random(65536).toString(16).padStart(4, '0')).join(':');

function seed(i) {
  const special = [0, 1, -1, 999999999, 2147483647, -2147483648, 4294967295, 2 ** 52, -(2 ** 52)];
  return i % 3 === 0 ? special[(i / 3) % special.length] : random(2 ** 32) | 0;
}

const oddTexts = [
  '', ' ', '.', '..', '...', '1', '1.', '.1', '1..2', '127.0.0.1', '0.0.0.0', '255.255.255.255',
  '::', '::1', 'fe80::1', 'fe80::1%eth0', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1',
  '2001:db8::8a2e:370:7334', '2001:0db8:0000:0000:0000:8a2e:0370:7334', 'localhost', 'not an address',
  ' 1.2.3.4', '1.2.3.4 ', '\t1.\n2.\v3.\f4\r', '+1.-2.+-3.-+4', '-', '+', '-0', '1e3.0x10.010.1_0',
  'NaN.Infinity.-Infinity', '999999999999999', '1000000000000000', '9007199254740993',
  '123456789012345678901234567890.4', '-99999999999999999999.1', '9'.repeat(400), '-' + '9'.repeat(400),
  '000000000000000000000000000000000000007.1', '4294967296.2147483648', '-2147483649.-1',
  '\u00a01.\u16802.\u20283.\ufeff4', '\u20001.\u200a2.\u200b3.\u202f4.\u205f5.\u30006.\u20297',
  '\u00e9', '\u00fc.1', '\u07ff', '\u0800', '\uffff', '\ud83d\ude00', '1\ud83d\ude00.\u20ac2', 'na\u00efve-caf\u00e9',
  '\u{10ffff}\u{10000}', 'JSESSIONID=0F2B', 'a'.repeat(300), '\u0000', '\u007f\u0080\u00ff\u0100',
];
const texts = [...oddTexts, ...times(400, ipv4), ...times(400, ipv6)];
const oddBytes = [[], [0], [255], [0, 0, 0, 0], [255, 255, 255, 255], [127, 0, 0, 1], Array(16).fill(0), Array(16).fill(255)];
const byteKeys = [
  ...oddBytes,
  ...times(400, () => times(4, () => random(256))),
  ...times(400, () => times(16, () => random(256))),
  ...times(50, (i) => times(i, () => random(256))),
].map((bytes) => Buffer.from(bytes));

function write(module, name, header, rows) {
  const folder = join(here, '..', '..', '..', '..', module, 'src', 'test', 'resources', 'vectors');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), [`# ${header}`, ...rows.map((row) => row.join('\t')), ''].join('\n'));
}

const hex = (text) => Buffer.from(text, 'utf8').toString('hex');
write('sticky-hash', 'djb2-text.tsv', 'text, string-hash', texts.map((t) => [hex(t), stringHash(t)]));
write('sticky-hash', 'djb2-bytes.tsv', 'bytes, string-hash of a character for each byte',
  byteKeys.map((b) => [b.toString('hex'), stringHash(b.toString('latin1'))]));
write('sticky-hash', 'int31-text.tsv', "seed, text, int31 of sticky-cluster's benchmark",
  texts.map((t, i) => { const s = seed(i); return [s, hex(t), benchmarkHash(t.split(/\./g), s)]; }));
write('sticky-hash', 'int31-bytes.tsv', 'seed, bytes, sticky-session',
  byteKeys.map((b, i) => { const s = seed(i); return [s, b.toString('hex'), sessionHash(b, s)]; }));

// How Node prints addresses: what its connections' remoteAddress is.
const words = [0, 0, 0, 1, 0xffff, 0xff, 0x1234];
const addresses = [
  ...times(300, () => times(8, () => words[random(words.length)])),
  ...times(100, () => times(8, () => random(65536))),
  ...[0, 1, 2, 0x1234, 0xffff].flatMap((last) => [0, 1, 0x7f00].map((next) => [0, 0, 0, 0, 0, 0, next, last])),
  ...[0, 1, 0x1234].map((last) => [0, 0, 0, 0, 0, 0xffff, 0x7f00, last]),
  [0x2001, 0xdb8, 0, 0, 1, 0, 0, 1], [0x2001, 0xdb8, 0, 1, 1, 1, 1, 1], [0xfe80, 0, 0, 0, 0, 0, 0, 1],
  [1, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0, 0], [0, 1, 0, 1, 0, 1, 0, 1],
];
write('sticky-core', 'address-text.tsv', 'bytes, how Node prints this address', addresses.map((address) => {
  const long = address.map((word) => word.toString(16)).join(':');
  const bytes = address.map((word) => word.toString(16).padStart(4, '0')).join('');
  return [bytes, new SocketAddress({ address: long, family: 'ipv6' }).address];
}));
