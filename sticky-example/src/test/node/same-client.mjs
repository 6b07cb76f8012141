// Usage: node same-client.mjs URL
//
// Prints "same" if the script that the page loads is the one in the installed package.

import { readFile } from "node:fs/promises";

const installed = await readFile("node_modules/socket.io-client/dist/socket.io.min.js", "utf8");
const response = await fetch(`${process.argv[2]}/socket.io.min.js`);
console.log((await response.text()) === installed ? "same" : "different");
